import type { Dialect } from '../protocol/dialect.js';
import { INT_FIELDS, type IntField, TEXT_FIELDS, type TextField } from '../protocol/fields.js';
import { BEYOND, type Verb } from '../protocol/verbs.js';
import { BUILT_IN, type BuiltIn } from './builtin.js';
import { idMayBeAbsentIn } from './compile.js';
import { inherited } from './complete.js';
import type { DialectFile } from './file.js';
import { join } from './join.js';
import { requestsOf } from './requests.js';
import { type Plain, type Role, type Shape, shapeOf, typeKeyOf } from './shapes.js';

/** Tells in which other dialect messages that are not understood would be understood. */
export interface Explainer {
  /** The likely request of a document, and the dialects that have it, in words; undefined when it looks like none. */
  document(document: Plain): string | undefined;
  /** The same for what stands around documents, by the first bytes of a connection. */
  framing(bytes: Buffer): string | undefined;
}

/** What a dialect understands. */
type Heard = Pick<Dialect, 'requests' | 'fields'>;

const WHAT: Partial<Record<Verb, string>> = {
  login: 'a login',
  register: 'a registration',
  chat: 'a message to a user',
  groupChat: 'a message to a group',
  addFriend: 'a friend being added',
  friendRequest: 'a friend being asked for',
  createGroup: 'a group being made',
  joinGroup: 'a group being joined',
};

/** Requests with nothing but ids: leaving a group and ending a friendship look the same. */
const LIKE_OTHERS: ReadonlySet<Verb> = new Set(['joinGroup', 'addFriend', 'friendRequest']);

/** How much of a document is shown, in characters. */
const SHOWN = 160;

/** The ids among the fields of a request. */
const SHOWN_ROLES: readonly Role[] = ['id', 'toid', 'friendid', 'groupid'];

/** Explains what clients say that do not speak this dialect. */
export function explainer(dialect: Dialect): Explainer {
  const others = (Object.keys(BUILT_IN) as BuiltIn[]).filter((name) => name !== dialect.name).map(heardBy);
  return {
    document: (document) => {
      const typeKey = typeKeyOf([document]);
      if (typeKey === undefined || isOurs(dialect, document, typeKey)) return undefined;
      const shape = shapeOf(document, typeKey);
      const what = WHAT[shape.verb];
      const lines = missing(dialect, document, typeKey, shape);
      if (what === undefined || Object.keys(lines).length === 0) return undefined;
      const known = others.filter(
        (other) => Object.keys(missing(other, document, typeKey, shape)).length === 0,
      );
      const options = known.map(({ name }) => `--dialect ${name}`);
      const taken = numberOf(dialect, shape.verb);
      const isMoved = lines.requests !== undefined && taken !== undefined;
      if (isMoved && options.length === 0 && LIKE_OTHERS.has(shape.verb))
        return `${sketch(document, typeKey, shape)} has the fields of ${shape.verb}, which is ${taken} here: it seems to be another request with these fields; docs/dialects.md lists what there is`;
      const place = isMoved ? `, which takes the place of ${taken}` : '';
      const file = `a dialect file with ${JSON.stringify(lines)}${place}`;
      return `${sketch(document, typeKey, shape)} looks like ${what}; it is understood with ${[...options, file].join(', or ')}`;
    },
    framing: (bytes) => explainFraming(dialect, bytes),
  };
}

/** The part of a built-in dialect that says what it understands: its replies take ten times as long to make. */
function heardBy(name: BuiltIn): Heard & Pick<Dialect, 'name'> {
  const file = inherited(BUILT_IN[name]);
  const { byNumber, fields } = requestsOf(file, idMayBeAbsentIn(file));
  return { name, requests: byNumber, fields };
}

/** No fork has these numbers: the request was understood, and refused, as a look-up of somebody who is not there. */
function isOurs({ requests }: Dialect, document: Plain, typeKey: string): boolean {
  const verb = requests.get(Number(document[typeKey]))?.verb;
  return verb !== undefined && BEYOND.has(verb);
}

function numberOf({ requests }: Dialect, verb: Verb): number | undefined {
  return [...requests].find(([, request]) => request.verb === verb)?.[0];
}

/** The additions to a dialect file by which it would understand a document; none when it does. */
function missing(dialect: Heard, document: Plain, typeKey: string, shape: Shape): DialectFile {
  const number = Number(document[typeKey]);
  const request = dialect.requests.get(number);
  const isLogin = request?.verb === 'login' && shape.verb === 'register';
  const verb = isLogin ? 'login' : shape.verb;
  const byName = isLogin || shape.byName;
  const parts: DialectFile[] = [
    dialect.fields.ints.msgid.names.includes(typeKey) ? {} : { typeKey },
    request?.verb === verb ? {} : { requests: { [verb]: number } },
    byName === (request?.verb === verb && request.byName)
      ? {}
      : { verbs: { [verb]: { by: byName ? 'name' : 'id' } } },
    otherNames(request?.verb === verb ? request : dialect, shape, document),
  ];
  return parts.reduce(join);
}

function otherNames({ fields }: Pick<Dialect, 'fields'>, { names }: Shape, document: Plain): DialectFile {
  const lists: Record<string, string> = {};
  for (const [role, name] of Object.entries(names)) {
    const known = isInt(role) ? fields.ints[role].names : isText(role) ? fields.texts[role].names : undefined;
    if (known !== undefined && !known.some((own) => Object.hasOwn(document, own))) lists[role] = name;
  }
  return Object.keys(lists).length === 0 ? {} : { requestFields: lists };
}

function isInt(role: string): role is IntField {
  return (INT_FIELDS as readonly string[]).includes(role);
}

function isText(role: string): role is TextField {
  return (TEXT_FIELDS as readonly string[]).includes(role);
}

/** The document with its type and ids alone: all else that is in it, a message or a password, is nobody's business. */
function sketch(document: Plain, typeKey: string, { names }: Shape): string {
  const shown = new Set([typeKey, ...SHOWN_ROLES.map((role) => names[role])]);
  const members = Object.entries(document).map(([key, value]) =>
    shown.has(key) && Number.isInteger(value)
      ? `${JSON.stringify(key)}:${value}`
      : `${JSON.stringify(key)}:…`,
  );
  return `{${members.join(',')}}`.slice(0, SHOWN);
}

const BRACE = 0x7b;
const LF = 0x0a;
const PREFIX = 4;
const LONGEST = 1 << 20;

function explainFraming({ framing }: Dialect, bytes: Buffer): string | undefined {
  const isPrefixed = bytes.length > PREFIX && bytes[PREFIX] === BRACE && bytes.readUInt32BE() <= LONGEST;
  const line = (to: DialectFile['framing']) => `a dialect file with ${JSON.stringify({ framing: to })}`;
  if (isPrefixed && framing.in !== 'length')
    return `documents come behind four bytes, their length; they are understood with ${line({ in: 'length', out: 'length' })}`;
  if (bytes[0] === BRACE && framing.in === 'length')
    return `documents come without their length before them; they are understood with ${line({ in: 'none' })}`;
  if (bytes.at(-1) === LF && framing.out === 'none')
    return `documents come in lines; a client that waits for lines, too, gets them with ${line({ in: 'lf', out: 'lf' })}`;
  return undefined;
}
