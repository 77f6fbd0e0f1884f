import type { Notice, Request } from './ipc.js';

/** A worker as the hub sees it. */
export interface Member {
  send(notice: Notice): void;
}

/** The bus between the workers of one machine, in their primary process: who is subscribed to which user. */
export class Hub {
  private readonly channels = new Map<number, Set<Member>>();

  /** Does what a worker asks, and answers with the number of workers subscribed to the user. */
  handle(from: Member, request: Request): void {
    const { userid, ref } = request;
    const subscribed = this.channels.get(userid) ?? new Set();
    if (request.op === 'subscribe') this.channels.set(userid, subscribed.add(from));
    else if (request.op === 'unsubscribe') this.drop(userid, from);
    else if (request.op === 'publish') {
      for (const member of subscribed) member.send({ op: 'message', userid, message: request.message });
    }
    from.send({ op: 'answer', ref, count: subscribed.size });
  }

  /** A worker is gone. */
  forget(member: Member): void {
    for (const userid of this.channels.keys()) this.drop(userid, member);
  }

  private drop(userid: number, member: Member): void {
    const subscribed = this.channels.get(userid);
    subscribed?.delete(member);
    if (subscribed?.size === 0) this.channels.delete(userid);
  }
}
