import type { Letter } from '../bus/letter.js';
import type { Fate } from '../net/batch.js';
import type { Present } from './presence.js';

/** Where messages go that a connection did not send. */
export interface Returns {
  /** A message had not left when its connection ended. */
  unsent(user: Present, letter: Letter): void;
  /** The same, for one that nobody has kept. */
  unsentBytes(user: Present, bytes: Buffer): void;
}

/** Of all messages that go straight from their senders to one user. */
export class Fresh implements Fate {
  private readonly returns: Returns;
  private readonly user: Present;

  constructor(returns: Returns, user: Present) {
    this.returns = returns;
    this.user = user;
  }

  left(): void {}

  unsent(bytes: Buffer): void {
    this.returns.unsentBytes(this.user, bytes);
  }
}

/** Of a message that somebody keeps until it has left. */
export class Carried implements Fate {
  private readonly returns: Returns;
  private readonly user: Present;
  private readonly letter: Letter;

  constructor(returns: Returns, user: Present, letter: Letter) {
    this.returns = returns;
    this.user = user;
    this.letter = letter;
  }

  /** The letter, if it is for this user. */
  letterOf(user: Present): Letter | undefined {
    return user === this.user ? this.letter : undefined;
  }

  left(): void {
    this.letter.done(this.user.id);
  }

  unsent(): void {
    this.returns.unsent(this.user, this.letter);
  }
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
