import type { DialectFile, ResultFile, VerbFile } from '../dialect/file.js';
import { isCalled, REPLY_WORDS } from '../dialect/words.js';
import type { ReplyField } from '../protocol/replies.js';
import type { Reply } from '../protocol/verbs.js';
import type { Ack, Acks } from './ack.js';
import { split } from './acks.js';
import { addTo } from './grouped.js';
import { type ListName, learnLists, listCalled, type People } from './lists.js';
import { type Outcome, outcomeOf } from './outcome.js';

type ReplyNames = Partial<Record<ReplyField, string | null>>;

/** The knowledge about the replies to one kind of request. */
interface Known {
  readonly reply: Reply;
  readonly number: number;
  readonly names: ReplyNames;
  readonly ok: ResultFile;
  readonly failed: readonly Ack[];
}

/** The fields that the server writes itself when all went well, but for lists. */
const WRITTEN: Partial<Record<Reply, readonly ReplyField[]>> = {
  login: ['errno', 'id', 'name'],
  register: ['errno', 'id'],
  refresh: ['errno', 'id', 'name'],
  createGroup: ['errno', 'groupid'],
  friendsAfterLogin: [],
  groupsAfterLogin: [],
};

/** The part of a dialect file about replies. A guess is told to `note`. */
export function learnReplies(
  acks: Acks,
  typeKey: string,
  people: People,
  note: (text: string) => void,
): DialectFile {
  const outcome = outcomeOf(acks, typeKey, note);
  const seen = new Map<ListName, (readonly unknown[])[]>();
  const refusal = textIn([...acks.values()].flatMap((one) => split(one.acks, outcome).failed));
  const known = [...acks].map(([reply, { number, acks }]) =>
    know(reply, number, acks, { typeKey, outcome, seen, refusal }),
  );
  const common = commonNames(known);
  const ok = commonOk(known);
  const verbs = known.flatMap((one) => {
    const file = verbFile(one, common, ok, outcome);
    return Object.keys(file).length === 0 ? [] : [[one.reply, file] as const];
  });
  const failed = (reply: Reply) => known.find((one) => one.reply === reply)?.failed ?? [];
  const inside = new Set(split(acks.get('login')?.acks ?? [], outcome).done.map(credentials));
  const isRight = (ack: Ack) => inside.has(credentials(ack));
  return {
    replies: Object.fromEntries(known.map(({ reply, number }) => [reply, number])),
    replyFields: common,
    results: {
      ok: { ...ok, ...(isScalar(outcome.ok) && { errno: outcome.ok }) },
      ...failures(
        failed('login').find((ack) => !isRight(ack)),
        'invalid',
        outcome,
      ),
      ...failures(failed('login').find(isRight), 'inUse', outcome),
      ...failures(failed('register')[0], 'refused', outcome),
    },
    ...learnLists(seen, people),
    ...emptyLists(acks.get('login')?.acks ?? [], outcome, typeKey),
    ...(verbs.length > 0 && { verbs: Object.fromEntries(verbs) }),
  };
}

/** What somebody has logged in with: what has let in once, and is refused at another time, is in use then. */
function credentials({ asked: { document, shape } }: Ack): string {
  const { id, name, password } = shape.names;
  return JSON.stringify([id, name, password].map((field) => (field === undefined ? null : document[field])));
}

function isScalar(value: unknown): value is NonNullable<ResultFile['errno']> {
  return ['string', 'number', 'boolean'].includes(typeof value);
}

interface Context {
  readonly typeKey: string;
  readonly outcome: Outcome;
  readonly seen: Map<ListName, (readonly unknown[])[]>;
  /** The name of the text in refusals. */
  readonly refusal: string | undefined;
}

function know(reply: Reply, number: number, acks: readonly Ack[], context: Context): Known {
  const { done, failed } = split(acks, context.outcome);
  const names: ReplyNames = {};
  const rest: string[] = [];
  const refusal = textIn(failed) ?? context.refusal;
  for (const [key, having] of byKey(done)) {
    if (key === context.typeKey) continue;
    const field = fieldOf(reply, key, having, context);
    // A text that refusals have under another name is one more field.
    const isOther = field === 'errmsg' && refusal !== undefined && key !== refusal;
    if (field === undefined || isOther) rest.push(key);
    else names[field] ??= key;
  }
  const message = textIn(failed);
  if (names.errmsg === undefined && message !== undefined) names.errmsg = message;
  const { key } = context.outcome;
  const [ack] = failed;
  if (done.length > 0 || key === undefined || ack === undefined || reply !== 'heartbeat')
    return { reply, number, names, ok: okOf(done, names, rest), failed };
  // A request that this server does not have is refused, as it was heard.
  return { reply, number, names: { ...names, errno: key }, ok: failure(ack, key), failed };
}

/** The replies that have each member. */
function byKey(acks: readonly Ack[]): ReadonlyMap<string, Ack[]> {
  const all = new Map<string, Ack[]>();
  for (const ack of acks) for (const key of Object.keys(ack.document)) addTo(all, key, ack);
  return all;
}

/** The name of the text in these replies. */
function textIn(acks: readonly Ack[]): string | undefined {
  const keys = new Set(acks.flatMap(({ document }) => Object.keys(document)));
  return [...keys].find((key) => isText(acks, key));
}

function isText(acks: readonly Ack[], key: string): boolean {
  return isCalled(key, REPLY_WORDS.errmsg) && acks.some(({ document }) => typeof document[key] === 'string');
}

/** The role of a reply's field; undefined for one that is always the same, or comes from the request. */
function fieldOf(reply: Reply, key: string, acks: readonly Ack[], { typeKey, outcome, seen }: Context) {
  if (key === outcome.key) return 'errno';
  const values = acks.map(({ document }) => document[key]).filter((value) => value !== undefined);
  const lists = values.filter((value) => Array.isArray(value));
  const list = lists.map((value) => listCalled(key, value, typeKey)).find((found) => found !== undefined);
  if (list !== undefined) {
    const known = seen.get(list) ?? [];
    known.push(...lists);
    seen.set(list, known);
    return list;
  }
  const isInt = values.every(Number.isInteger);
  const written = WRITTEN[reply] ?? [];
  if (isInt && written.includes('groupid') && isCalled(key, REPLY_WORDS.groupid)) return 'groupid';
  if (isInt && written.includes('id') && isCalled(key, REPLY_WORDS.id)) return 'id';
  if (written.includes('name') && isCalled(key, REPLY_WORDS.name)) return 'name';
  return isText(acks, key) && !isEchoed(acks, key) ? 'errmsg' : undefined;
}

function isEchoed(acks: readonly Ack[], key: string): boolean {
  return acks.length > 0 && sourceOf(acks, key) !== undefined;
}

/** The field of the requests that a field of the replies repeats. */
function sourceOf(acks: readonly Ack[], key: string): string | undefined {
  const repeats = (name: string) =>
    acks.every(
      ({ document, asked }) => document[key] === undefined || asked.document[name] === document[key],
    );
  const request = acks[0]?.asked.document ?? {};
  return [key, ...Object.keys(request)].find((name) => Object.hasOwn(request, name) && repeats(name));
}

function okOf(done: readonly Ack[], names: ReplyNames, rest: readonly string[]): ResultFile {
  const having = byKey(done);
  const first = (key: string) => having.get(key)?.[0]?.document[key];
  const sources = new Map(rest.map((key) => [key, sourceOf(having.get(key) ?? [], key)]));
  const echoed = rest.filter((key) => sources.get(key) !== undefined);
  const constants = rest.filter((key) => sources.get(key) === undefined);
  const message = names.errmsg == null ? undefined : first(names.errmsg);
  return {
    ...(typeof message === 'string' && { errmsg: message }),
    ...(constants.length > 0 && {
      constants: Object.fromEntries(constants.map((key) => [key, first(key)])) as never,
    }),
    ...(echoed.length > 0 && {
      echo: Object.fromEntries(echoed.map((key) => [key, sources.get(key) ?? key])),
    }),
  };
}

/** The names of most replies: the login's, and those of others for fields that it does not have. */
function commonNames(known: readonly Known[]): ReplyNames {
  const login = known.filter(({ reply }) => reply === 'login');
  return Object.assign({}, ...[...known, ...login].map(({ names }) => names));
}

/** The result that all replies with an outcome have. */
function commonOk(known: readonly Known[]): ResultFile {
  const texts = new Set(known.filter(({ names }) => names.errno !== undefined).map(({ ok }) => ok.errmsg));
  const [text] = texts;
  return texts.size === 1 && text != null ? { errmsg: text } : {};
}

function verbFile(
  { reply, names, ok }: Known,
  common: ReplyNames,
  all: ResultFile,
  { key, ok: done }: Outcome,
): VerbFile {
  const own: ReplyNames = {};
  for (const field of WRITTEN[reply] ?? (['errno'] as const)) {
    if (names[field] !== common[field]) own[field] = names[field] ?? null;
  }
  if (names.errmsg !== undefined && names.errmsg !== common.errmsg) own.errmsg = names.errmsg;
  const { errmsg, ...more } = ok;
  const result = { ...more, ...(errmsg !== all.errmsg && { errmsg: errmsg ?? null }) };
  const isEmpty = Object.keys(result).length === 0;
  // A client that is told no outcome is told none that could differ.
  if (key === undefined || done === undefined) delete own.errno;
  return {
    ...(Object.keys(own).length > 0 && { replyFields: own }),
    ...(!isEmpty && { results: { ok: result } }),
  };
}

function failures(
  ack: Ack | undefined,
  result: 'invalid' | 'inUse' | 'refused',
  { key }: Outcome,
): DialectFile['results'] {
  return ack === undefined || key === undefined ? {} : { [result]: failure(ack, key) };
}

/** The content of a refusal. */
function failure(ack: Ack, key: string): ResultFile {
  const { document } = ack;
  const message = Object.keys(document).find((name) => isText([ack], name));
  return { errno: document[key] as number, errmsg: message === undefined ? null : String(document[message]) };
}

/** Lists that were there with nothing in them. */
function emptyLists(acks: readonly Ack[], outcome: Outcome, typeKey: string): DialectFile {
  const empty = new Set<ListName>();
  for (const { document } of split(acks, outcome).done) {
    for (const [key, value] of Object.entries(document)) {
      const list = Array.isArray(value) && value.length === 0 ? listCalled(key, value, typeKey) : undefined;
      if (list !== undefined) empty.add(list);
    }
  }
  if (empty.size === 0) return {};
  return { emptyLists: empty.size === 3 ? 'present' : [...empty] };
}
