import type { Letter } from './letter.js';

type Published = readonly [userid: number, letter: Letter];

/**
 * Messages that were published to users whose node was not known. By the beat after the next the node of such a user
 * would have said that it is there: if none has, it was an original node.
 */
export class Unplaced {
  private recent: Published[] = [];
  private before: Published[] = [];

  add(userid: number, letter: Letter): void {
    this.recent.push([userid, letter]);
  }

  /** @param place false when no node of ours has said that the user is there */
  beat(place: (userid: number, letter: Letter) => boolean): void {
    const old = this.before;
    this.before = this.recent;
    this.recent = [];
    for (const [userid, letter] of old) if (!place(userid, letter)) letter.done(userid);
  }

  /** It is known now where a user is. */
  found(userid: number, place: (userid: number, letter: Letter) => boolean): void {
    if (this.before.length + this.recent.length === 0) return;
    const stays = ([id, letter]: Published) => id !== userid || !place(id, letter);
    this.before = this.before.filter(stays);
    this.recent = this.recent.filter(stays);
  }

  /** Nothing more will be known of any. */
  end(): void {
    for (const [userid, letter] of [...this.before, ...this.recent]) letter.done(userid);
    this.before = [];
    this.recent = [];
  }
}
