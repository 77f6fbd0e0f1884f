import type { Dialect } from '../../protocol/dialect.js';
import { BEYOND } from '../../protocol/verbs.js';
import { type Asked, fieldOf, intOf, requestsIn } from '../record/requests.js';

/** The facts about a client's last bytes that may explain a difference behind them. */
export interface Facts {
  /** The last request; undefined: none that the dialect knows. */
  readonly verb: string | undefined;
  /** Several documents were in one read, or one was in several. */
  readonly documents: number;
  readonly wasCut: boolean;
  readonly isHttp: boolean;
  /** A text of it has a quote or a backslash; or what is not ASCII. */
  readonly hasQuotes: boolean;
  readonly isForeign: boolean;
  /** A login as -1 without a password. */
  readonly isMinusOne: boolean;
  /** Something that the request needs is not there, or of another type. */
  readonly isIncomplete: boolean;
  /** Whether the original has no answer to it: it has a verb of more, or a field `seq`. */
  readonly isBeyond: boolean;
}

/** Nothing was sent yet. */
export const NO_FACTS: Facts = {
  ...{ verb: undefined, documents: 0, wasCut: false, isHttp: false, hasQuotes: false },
  ...{ isForeign: false, isMinusOne: false, isIncomplete: false, isBeyond: false },
};

const HTTP = /^(?:GET|POST|HEAD|PUT|DELETE|OPTIONS|PATCH|CONNECT|TRACE|PRI) /;

/** The last number that the original gives an answer to, or passes on. */
const LAST = 10;

/** The facts about these bytes, and their request. */
export function factsOf(
  bytes: Buffer,
  wasCut: boolean,
  dialect: Dialect,
): { readonly facts: Facts; readonly asked: readonly Asked[] } {
  const asked = requestsIn(bytes, dialect);
  const last = asked.at(-1);
  const texts = last === undefined ? [] : textsOf(last);
  const facts: Facts = {
    verb: last?.request.verb,
    documents: asked.length,
    wasCut,
    isHttp: HTTP.test(bytes.toString('latin1', 0, 8)),
    hasQuotes: texts.some((text) => /['"\\]/.test(text)),
    isForeign: texts.some((text) => /[^\0-\x7f]/.test(text)),
    isMinusOne:
      last?.request.verb === 'login' && intOf(last, 'id') === -1 && fieldOf(last, 'password') === '',
    isIncomplete: last !== undefined && isIncomplete(last),
    isBeyond: last !== undefined && isBeyond(last, dialect),
  };
  return { facts, asked };
}

function textsOf(asked: Asked): string[] {
  return (['name', 'password', 'groupname'] as const).map((field) => fieldOf(asked, field));
}

/** A login or registration without what it must have, of the type that it must be. */
function isIncomplete({ request, document }: Asked): boolean {
  const { ints, texts } = request.fields;
  const has = (names: readonly string[], type: 'number' | 'string') =>
    names.some((name) => typeof document[name] === type);
  if (request.verb === 'login')
    return !(
      (request.byName ? has(texts.name.names, 'string') : has(ints.id.names, 'number')) &&
      has(texts.password.names, 'string')
    );
  return (
    request.verb === 'register' && !(has(texts.name.names, 'string') && has(texts.password.names, 'string'))
  );
}

function isBeyond({ request, document }: Asked, { requests, name }: Dialect): boolean {
  const [number = 0] = [...requests].find(([, each]) => each === request) ?? [];
  return 'seq' in document || BEYOND.has(request.verb) || (name === 'original' && number > LAST);
}
