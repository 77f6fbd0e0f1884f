import type { Letter } from '../bus/letter.js';
import type { Fate } from '../net/batch.js';

/** Of all messages that go straight from their senders to one user. */
export class Fresh implements Fate {
  readonly userid: number;
  readonly unsent: (bytes: Buffer) => void;

  /** @param unsent gets a message that had not left when its connection ended */
  constructor(userid: number, unsent: (bytes: Buffer) => void) {
    this.userid = userid;
    this.unsent = unsent;
  }

  left(): void {}
}

/** The same for one message, where its way is told. */
export class Traced extends Fresh {
  private readonly hasLeft: () => void;

  constructor(userid: number, unsent: (bytes: Buffer) => void, hasLeft: () => void) {
    super(userid, unsent);
    this.hasLeft = hasLeft;
  }

  override left(): void {
    this.hasLeft();
  }
}

/** Of a message that somebody keeps until it has left. */
export class Carried implements Fate {
  readonly userid: number;
  readonly letter: Letter;
  private readonly comesBack: (letter: Letter) => void;

  /** @param comesBack gets the message when it had not left and its connection ended */
  constructor(userid: number, letter: Letter, comesBack: (letter: Letter) => void) {
    this.userid = userid;
    this.letter = letter;
    this.comesBack = comesBack;
  }

  left(): void {
    this.letter.done(this.userid);
  }

  unsent(): void {
    if (this.letter instanceof Empty) this.letter.done(this.userid);
    else this.comesBack(this.letter);
  }
}

/** Of a message that is stored, because its user is a slow consumer, and may leave all the same. */
export class Spilled implements Fate {
  readonly userid: number;
  readonly left: () => void;

  /** @param left called when it has left: then it is to be deleted from the store */
  constructor(userid: number, left: () => void) {
    this.userid = userid;
    this.left = left;
  }

  unsent(): void {}
}

/** Nothing to send, but something to confirm when all before it has left. */
export class Empty implements Letter {
  readonly bytes = Buffer.alloc(0);
  private readonly letter: Letter;

  constructor(letter: Letter) {
    this.letter = letter;
  }

  done(userid: number): void {
    this.letter.done(userid);
  }
}
