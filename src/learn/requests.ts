import type { DialectFile } from '../dialect/file.js';
import type { Roles } from '../dialect/shapes.js';
import type { Verb } from '../protocol/verbs.js';
import type { Asked } from './heard.js';
import { namesFor, type Understood } from './verbs.js';

type Fields = NonNullable<DialectFile['requestFields']>;
type Field = keyof Fields;
/** No field has more names. */
const MOST_NAMES = 20;

type Names = ReadonlyMap<Field, readonly string[]>;

/** The part of a dialect file about requests: numbers, names, and fields that may be missing. */
export function learnRequests(kinds: readonly Understood[]): DialectFile {
  const own = new Map(kinds.map((kind) => [kind.verb, namesIn(kind)]));
  const common = commonNames(own);
  const verbs = kinds.flatMap((kind) => {
    const file = verbFile(kind, own.get(kind.verb) ?? new Map(), common);
    return Object.keys(file).length === 0 ? [] : [[kind.verb, file] as const];
  });
  return {
    requests: Object.fromEntries(kinds.map(({ verb, number }) => [verb, number])),
    requestFields: toFile(common),
    ...absentTexts(kinds),
    ...longPasswords(kinds),
    ...(verbs.length > 0 && { verbs: Object.fromEntries(verbs) }),
  };
}

function verbFile(
  kind: Understood,
  own: Names,
  common: Names,
): NonNullable<DialectFile['verbs']>[Verb] & object {
  const clashes = [...own].filter(
    ([field]) => !kind.asked.every((asked) => isRead(asked, kind.verb, field, common)),
  );
  const isRelay =
    kind.relayed && kind.verb !== 'chat' && kind.verb !== 'groupChat' && kind.verb !== 'friendRequest';
  return {
    ...(kind.byName && { by: 'name' as const }),
    ...(isRelay && { relay: true }),
    ...(clashes.length > 0 && { requestFields: toFile(new Map(clashes)) }),
  };
}

/** Whether the first name that is there is the right one. */
function isRead({ document, shape }: Asked, verb: Verb, field: Field, common: Names): boolean {
  const right = namesFor(verb, shape.names)[field as keyof Roles];
  const found = common.get(field)?.find((name) => Object.hasOwn(document, name));
  return right === undefined || found === right;
}

/** The names of each field in the requests of a kind, in the order in which they came first. */
function namesIn({ asked, verb }: Understood): Names {
  const names = new Map<Field, string[]>();
  for (const { shape } of asked) {
    for (const [role, name] of Object.entries(namesFor(verb, shape.names))) {
      if (role === 'text') continue;
      const list = names.get(role as Field) ?? [];
      if (!list.includes(name) && list.length < MOST_NAMES) names.set(role as Field, [...list, name]);
    }
  }
  return names;
}

/** The names of most requests; a chat that calls its sender as no other request does keeps that to itself. */
function commonNames(own: ReadonlyMap<Verb, Names>): Names {
  const others = union([...own].filter(([verb]) => verb !== 'chat').map(([, names]) => names));
  const chat = own.get('chat') ?? new Map();
  const isOwn = (field: Field, list: readonly string[]) =>
    field === 'id' && others.has(field) && !list.some((name) => others.get(field)?.includes(name));
  const shared = new Map([...chat].filter(([field, list]) => !isOwn(field, list)));
  return union([others, shared]);
}

/** All names of each field, its own one first. */
function union(all: readonly Names[]): Names {
  const names = new Map<Field, string[]>();
  for (const own of all) {
    for (const [field, list] of own) {
      const before = names.get(field) ?? [];
      names.set(field, [...before, ...list.filter((name) => !before.includes(name))]);
    }
  }
  for (const [field, list] of names)
    names.set(
      field,
      list.sort((a, b) => Number(b === field) - Number(a === field)),
    );
  return names;
}

function toFile(names: Names): Fields {
  const entries = [...names].map(([field, list]) => [field, list.length === 1 ? list[0] : [...list]]);
  return Object.fromEntries(entries);
}

/** A group without a description has an empty one. */
function absentTexts(kinds: readonly Understood[]): DialectFile {
  const groups = kinds.find(({ verb }) => verb === 'createGroup');
  const isThere =
    groups === undefined || groups.asked.every(({ shape }) => shape.names.groupdesc !== undefined);
  return isThere ? {} : { defaults: { groupdesc: '' } };
}

const USUAL_PASSWORD = 50;

/** A client that sends hashes needs more room than the column of chat.sql has. */
function longPasswords(kinds: readonly Understood[]): DialectFile {
  const lengths = kinds.flatMap(({ asked }) =>
    asked.map(({ document, shape }) => String(document[shape.names.password ?? ''] ?? '').length),
  );
  const longest = Math.max(0, ...lengths);
  return longest > USUAL_PASSWORD ? { passwordLength: Math.min(longest, 255) } : {};
}
