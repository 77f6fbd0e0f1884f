import type { Account } from '../net/budget.js';

/** The memory that a message takes besides its bytes, in bytes: measured as RSS, for small messages. */
export const OVERHEAD = 300;
const NOTHING = Buffer.alloc(0);

/**
 * Where a message has come from: a client of this node, its user's channel, or another node of ours, which waits to be
 * told what becomes of it. A mark comes from another node and carries nothing: it is settled when all that came before
 * it for its user is. Its user is given nothing, and nothing is stored.
 */
export type Origin = 'client' | 'channel' | 'node' | 'mark';

/**
 * How a message was settled: it has left for its user here, another node or the user's channel has it, it is stored, or
 * it can never be.
 */
export type Settled = 'here' | 'elsewhere' | 'stored' | 'never';

/** Under which numbers a message is in a file that survives a kill -9, for each of its users. */
export class Copies {
  private readonly numbers = new Map<number, number>();
  private readonly remove: (number: number) => void;

  /** @param remove takes one out of the file */
  constructor(remove: (number: number) => void) {
    this.remove = remove;
  }

  has(userid: number): boolean {
    return this.numbers.has(userid);
  }

  /** Under which number it is there for this user. */
  numberFor(userid: number): number | undefined {
    return this.numbers.get(userid);
  }

  /** From now on it is there under this number for this user. */
  add(userid: number, number: number): void {
    this.numbers.set(userid, number);
  }

  /** The message needs no copy for this user any more. */
  drop(userid: number): void {
    const number = this.numbers.get(userid);
    if (number === undefined) return;
    this.numbers.delete(userid);
    this.remove(number);
  }
}

/**
 * A message on its way to one user or several.
 *
 * 1. It is at every moment in one place, and whoever has it there settles it once for each of its users: when it has
 *    left for the user, is stored, or can never be.
 * 2. Until then its bytes are on the account of the client that it came from; and while a node keeps it that got it from
 *    another node, on an account of that node, too.
 */
export class Message {
  readonly bytes: Buffer;
  readonly origin: Origin;
  /** The memory that it takes for one user, in bytes. */
  readonly cost: number;
  /** See Spool; undefined when it has not been copied. */
  copies: Copies | undefined = undefined;
  private payer: Account | undefined;
  /** For how many users it is on the account. */
  private charged: number;
  private readonly onSettled: ((userid: number, how: Settled) => void) | undefined;

  private constructor(
    bytes: Buffer,
    origin: Origin,
    account: Account | undefined,
    users: number,
    onSettled?: (userid: number, how: Settled) => void,
  ) {
    this.bytes = bytes;
    this.origin = origin;
    this.payer = account;
    this.cost = bytes.length + OVERHEAD;
    this.charged = users;
    this.onSettled = onSettled;
  }

  /**
   * A message that this node keeps: it could not be given to its users at once.
   *
   * @param bytes are copied: they may be a small part of a large buffer
   * @param account the sender's, which gets no more read while too much is on it
   * @param users to how many users it is to go
   * @param onSettled called once for each user for whom it is settled
   */
  static kept(
    bytes: Buffer,
    account: Account,
    users = 1,
    origin: Origin = 'client',
    onSettled?: (userid: number, how: Settled) => void,
  ): Message {
    const message = new Message(Buffer.from(bytes), origin, account, users, onSettled);
    account.add(bytes.length + OVERHEAD * users);
    return message;
  }

  /**
   * A message of another node.
   *
   * @param onSettled called once for each user for whom it is settled
   */
  static received(bytes: Buffer, onSettled: (userid: number, how: Settled) => void): Message {
    return new Message(bytes, 'node', undefined, 0, onSettled);
  }

  /** A mark of another node. */
  static mark(onSettled: (userid: number) => void): Message {
    return new Message(NOTHING, 'mark', undefined, 0, onSettled);
  }

  /** The account that it is on; undefined for a message of another node that this one does not keep. */
  get account(): Account | undefined {
    return this.payer;
  }

  /** A message of another node: from now on this one keeps it, for one user or one more. */
  charge(account: Account): void {
    this.payer = account;
    account.add(OVERHEAD + (this.charged === 0 ? this.bytes.length : 0));
    this.charged++;
  }

  /** It has left for this user, is stored, or can never be. */
  settle(userid: number, how: Settled = 'here'): void {
    this.copies?.drop(userid);
    this.discharge();
    this.onSettled?.(userid, how);
  }

  /** One that a dead node's receiver gave back was never on an account. */
  private discharge(): void {
    if (this.charged === 0) return;
    this.charged--;
    this.payer?.add(-OVERHEAD - (this.charged === 0 ? this.bytes.length : 0));
  }
}
