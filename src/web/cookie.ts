import { DAYS, isToken, type Token } from './logins.js';
import { cookieOf, type Headers } from './request.js';

/** The cookie that a browser repeats its login by. No script reads it, and no page of another site makes it be sent. */
const NAME = 'chat-login';
const RULES = 'Path=/; HttpOnly; SameSite=Strict';

const DAY = 86_400;

/** The header that gives a browser a token, or lets it have the token for longer. */
export function cookieWith(token: Token, isSecure: boolean): string {
  return `${NAME}=${token}; Max-Age=${DAYS * DAY}; ${RULES}${isSecure ? '; Secure' : ''}`;
}

/** The header that takes it away. */
export function clearedCookie(): string {
  return `${NAME}=; Max-Age=0; ${RULES}`;
}

/** The token that a browser shows; undefined for none. */
export function tokenOf(headers: Headers): Token | undefined {
  const shown = cookieOf(headers, NAME);
  return isToken(shown) ? shown : undefined;
}
