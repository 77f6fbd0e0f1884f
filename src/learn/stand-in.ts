import { type Plain, shapeOf, typeKeyOf } from '../dialect/shapes.js';
import { FRAMES } from '../net/frames.js';
import type { Session } from './session.js';

/** All is well, under every name that forks have for it. */
const FINE = {
  ...{ errno: 0, error: 0, code: 0, status: 0, errmsg: '', sysmsg: 'ok', friends: [], groups: [] },
  ...{ offlinemsg: [], offlinemsgs: [], offlinemessage: [], offlineMsg: [], offlineMessage: [] },
};

/** Answers in the place of a fork's server, so that its client goes on: registrations and logins succeed. */
export class StandIn {
  readonly #session: Session;
  readonly #ids = new Map<string, number>();

  constructor(session: Session) {
    this.#session = session;
  }

  /** What a client gets for these bytes of it. */
  answer(connection: number, bytes: Buffer): Buffer {
    const documents = this.#session.heard('client', connection, bytes);
    const framing = this.#session.framing('client');
    const frame = FRAMES[framing === 'nul' ? 'none' : framing] ?? ((document: Buffer) => [document]);
    return Buffer.concat(documents.flatMap((document) => this.#answers(document)).flatMap(frame));
  }

  #answers(document: Plain): Buffer[] {
    const typeKey = typeKeyOf([document]);
    if (typeKey === undefined) return [];
    const { verb, names } = shapeOf(document, typeKey);
    if (verb !== 'login' && verb !== 'register') return [];
    const name = String(document[names.name ?? ''] ?? '');
    const id = Number(document[names.id ?? ''] ?? this.#idOf(name));
    const who = { id, uid: id, userid: id, userId: id, name, username: name };
    return [Buffer.from(JSON.stringify({ ...FINE, ...who, [typeKey]: Number(document[typeKey]) + 1 }))];
  }

  #idOf(name: string): number {
    const id = this.#ids.get(name) ?? this.#ids.size + 1;
    this.#ids.set(name, id);
    return id;
  }
}
