import { ORIGINAL_SPOKEN } from '../../protocol/numbers.js';

/** A field is called so, or by the first of these that is there. */
type Names = string | readonly string[] | undefined;

/** Names of fields, where they differ from the original's; null leaves one out. */
type Fields = Readonly<Record<string, Names | null>>;

/** How a reply tells that a request ended so. */
interface ResultSpoken {
  readonly errno?: unknown;
  readonly errmsg?: string | null;
  readonly replyFields?: Fields;
}

type Results = Readonly<Record<string, ResultSpoken | undefined>>;

/** The differences of one kind of request. */
interface VerbSpoken {
  readonly by?: 'id' | 'name';
  readonly requestFields?: Fields;
  readonly replyFields?: Fields;
  readonly results?: Results;
  readonly passedOn?: { readonly number?: number; readonly time?: string };
}

/**
 * How the clients of a server speak, as far as a client must know it: a completed dialect file (docs/dialects.md). A server
 * with `--web` gives it at /dialect.json.
 */
export interface Spoken {
  readonly name?: string;
  readonly requests: Readonly<Record<string, number | null | undefined>>;
  readonly replies: Readonly<Record<string, number | null | undefined>>;
  readonly typeKey?: string;
  readonly requestFields?: Fields;
  readonly replyFields?: Fields;
  readonly chatFields?: Fields;
  readonly friend?: Fields;
  readonly group?: Fields;
  readonly member?: Fields;
  readonly states?: { readonly online?: unknown };
  readonly results?: Results;
  readonly framing?: { readonly in?: string; readonly out?: string };
  readonly takeover?: boolean;
  readonly friendship?: string;
  readonly verbs?: Readonly<Record<string, VerbSpoken | undefined>>;
}

/** The original's (PROTOCOL.md section 5), with what servers may have beyond. */
export const ORIGINAL: Spoken = { name: 'original', ...ORIGINAL_SPOKEN };

/** The names of a message's text where no dialect gives one, the most usual first. */
const TEXTS = ['msg', 'message', 'content', 'text', 'body', 'chatmsg'];

/** The name of a field in documents that are sent. */
export function nameIn({ requestFields, verbs }: Spoken, verb: string, field: string): string {
  const [name] = namesOf(verbs?.[verb]?.requestFields?.[field] ?? requestFields?.[field], field);
  return name;
}

/** The names that a field may have in documents of others. */
export function namesIn({ requestFields, verbs }: Spoken, verb: string, field: string): readonly string[] {
  return namesOf(verbs?.[verb]?.requestFields?.[field] ?? requestFields?.[field], field);
}

/** The names that the text, the time and the sender's name of a chat may have: the first of them is used to write. */
export function chatNames(spoken: Spoken, field: 'msg' | 'time' | 'name'): readonly string[] {
  const given = spoken.chatFields?.[field];
  if (given !== undefined && given !== null) return namesOf(given, field);
  if (field === 'msg') return TEXTS;
  const usual = namesOf(spoken.requestFields?.[field], field);
  return field === 'time' ? [spoken.verbs?.chat?.passedOn?.time ?? 'time'] : usual;
}

/** The name that a field has in a reply; null for one that the reply does not have. */
export function replyName(spoken: Spoken, reply: string, result: string, field: string): string | null {
  const own = spoken.verbs?.[reply];
  const all = [
    own?.results?.[result]?.replyFields,
    spoken.results?.[result]?.replyFields,
    own?.replyFields,
    spoken.replyFields,
  ];
  const given = all.map((names) => names?.[field]).find((name) => name !== undefined);
  return given === undefined ? field : given === null ? null : (namesOf(given, field)[0] ?? field);
}

/** The name that a field of an item of a list has; null for one that the items do not have. */
export function itemName(fields: Fields | undefined, field: string): string | null {
  const given = fields?.[field];
  return given === undefined ? field : given === null ? null : (namesOf(given, field)[0] ?? field);
}

/** The fields of a reply with this result. */
export function resultIn({ results, verbs }: Spoken, reply: string, result: string): ResultSpoken {
  return { ...results?.[result], ...verbs?.[reply]?.results?.[result] };
}

function namesOf(names: Names | null, field: string): readonly [string, ...string[]] {
  const [first = field, ...more] = typeof names === 'string' ? [names] : (names ?? []);
  return [first, ...more];
}
