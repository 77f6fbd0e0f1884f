import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';
import type { Store } from '../store/store.js';

/** For this many days after its last use a login of a browser can be repeated without the password. */
export const DAYS = 30;

const DAY_MS = 86_400_000;

/** The token by which a browser repeats a login: 256 random bits, in base64url. */
export type Token = string;

/** A new one. */
export function newToken(): Token {
  return randomBytes(32).toString('base64url');
}

/** Whether a text could be a token. */
export function isToken(text: string | undefined): text is Token {
  return text !== undefined && /^[\w-]{43}$/.test(text);
}

/**
 * The logins that browsers may repeat (see KeptLogin). Every call rejects with StoreUnavailable when the database is away.
 *
 * A login ends when its browser logs out, 30 days after it was last used, and when the account gets another password.
 */
export class Logins {
  private readonly store: Store;

  constructor(store: Store) {
    this.store = store;
  }

  /** From now on this browser may log in as the user without the password. */
  async keep(token: Token, userid: number, password: string): Promise<void> {
    const today = day();
    const proof = digest(`${token}\0${password}`);
    await this.store.keepLogin({ token: digest(token), userid, proof, until: today + DAYS }, today);
  }

  /** The login that the token repeats lasts longer; one of another user, or that has ended, stays as it is. */
  async prolong(token: Token, userid: number): Promise<void> {
    const found = await this.find(token);
    if (found?.userid === userid) await this.keep(token, userid, found.password);
  }

  /** The user whose login the token repeats, with the password; undefined when it repeats none any more. */
  async find(token: Token): Promise<{ readonly userid: number; readonly password: string } | undefined> {
    const login = await this.store.keptLogin(digest(token));
    if (login === undefined || login.until < day()) return undefined;
    const user = await this.store.user(login.userid);
    if (user === undefined || !isSame(login.proof, digest(`${token}\0${user.password}`))) return undefined;
    return { userid: user.id, password: user.password };
  }

  /** The browser has logged out: the token is worth nothing any more. With `everywhere` all of the user's are. */
  async end(token: Token, everywhere: boolean): Promise<void> {
    const login = everywhere ? await this.find(token) : undefined;
    await this.store.endLogins(login === undefined ? { token: digest(token) } : { userid: login.userid });
  }
}

function day(): number {
  return Math.floor(Date.now() / DAY_MS);
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}

function isSame(one: string, other: string): boolean {
  return one.length === other.length && timingSafeEqual(Buffer.from(one), Buffer.from(other));
}
