import { FRAMES } from '../net/frames.js';
import type { Dialect, Framing, Request } from '../protocol/dialect.js';
import type { IntField, TextField } from '../protocol/fields.js';
import type { Verb } from '../protocol/verbs.js';

/** The fields of a request: those of PROTOCOL.md under their names there, and any others as they are. */
export type Fields = Readonly<
  Partial<Record<IntField, number> & Record<TextField, string>> & Record<string, unknown>
>;

/** The id that nobody has, and that no brake takes for a guess. */
const NOBODY = -2147483648;

/** Clients of the dialect cannot ask for it. */
export class Lacking extends Error {
  readonly verb: Verb;

  constructor(dialect: string, verb: Verb) {
    super(`the dialect ${dialect} has no ${verb}`);
    this.verb = verb;
  }
}

/** The number and the fields of a dialect's request. Throws Lacking when it has none. */
export function requestOf({ requests, name }: Dialect, verb: Verb): readonly [number, Request] {
  const found = [...requests].find(([, request]) => request.verb === verb);
  if (found === undefined) throw new Lacking(name, verb);
  return found;
}

/** Whether clients of the dialect can ask for it. */
export function hasRequest({ requests }: Dialect, verb: Verb): boolean {
  return [...requests.values()].some((request) => request.verb === verb);
}

/** A request as a client of the dialect writes it: keys sorted, as nlohmann's dump() sorts them. */
export function requestText(dialect: Dialect, verb: Verb, values: Fields): string {
  const [number, { fields }] = requestOf(dialect, verb);
  const names: Readonly<Record<string, { readonly names: readonly string[] }>> = {
    ...fields.ints,
    ...fields.texts,
  };
  const members = Object.entries({ msgid: number, ...values }).map(([field, value]) => [
    names[field]?.names[0] ?? field,
    value,
  ]);
  return JSON.stringify(Object.fromEntries(members.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))));
}

/** A document with what stands around it. */
export function framed(framing: Framing, document: Buffer): Buffer {
  return Buffer.concat(FRAMES[framing]?.(document) ?? [document]);
}

/** The bytes around the documents of clients: those of the original end with a NUL, which need not be said. */
export function sentFraming({ framing }: Dialect): Framing {
  return framing.in === 'none' ? 'nul' : framing.in;
}

/** A login as nobody: its answer shows that all that was sent before it on the connection was handled. */
export function failingLogin(dialect: Dialect): string {
  const [, { byName }] = requestOf(dialect, 'login');
  return requestText(dialect, 'login', {
    ...(byName ? { name: 'nobody at all' } : { id: NOBODY }),
    password: 'none',
  });
}
