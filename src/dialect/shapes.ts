import type { Verb } from '../protocol/verbs.js';
import { folded, isCalled, TYPE_WORDS, WORDS } from './words.js';

/** A document of which nothing is known but that it is a JSON object. */
export type Plain = Readonly<Record<string, unknown>>;
export type Role = keyof typeof WORDS;
export type Roles = Readonly<Partial<Record<Role, string>>>;

/** The likely request of a message, by its fields alone. */
export interface Shape {
  readonly verb: Verb;
  /** Users are meant by their names. */
  readonly byName: boolean;
  /** The names of the fields that such a request has. */
  readonly names: Roles;
}

const STRINGS: readonly Role[] = [
  'password',
  'text',
  'name',
  'toname',
  'friendname',
  'groupname',
  'groupdesc',
];
const INTS: readonly Role[] = ['id', 'toid', 'friendid', 'groupid'];

interface Rule {
  readonly verb: Verb;
  readonly needs: readonly Role[];
  readonly may?: readonly Role[];
  readonly byName?: boolean;
  /** Roles that have another one here. */
  readonly as?: Readonly<Partial<Record<Role, Role>>>;
}

/** The first that fits counts. */
const RULES: readonly Rule[] = [
  { verb: 'login', needs: ['password', 'id'] },
  { verb: 'register', needs: ['password', 'name'] },
  { verb: 'groupChat', needs: ['text', 'groupid'], may: ['id'] },
  { verb: 'chat', needs: ['text', 'toid'], may: ['id'] },
  { verb: 'chat', needs: ['text', 'toname'], may: ['id'], byName: true },
  { verb: 'chat', needs: ['text', 'friendid'], may: ['id'], as: { friendid: 'toid' } },
  { verb: 'createGroup', needs: ['groupname'], may: ['id', 'groupdesc'] },
  { verb: 'createGroup', needs: ['groupdesc', 'name'], may: ['id'], as: { name: 'groupname' } },
  { verb: 'joinGroup', needs: ['groupid'], may: ['id'] },
  { verb: 'addFriend', needs: ['friendid'], may: ['id'] },
  { verb: 'friendRequest', needs: ['toid'], may: ['id'] },
  { verb: 'addFriend', needs: ['friendname'], may: ['id'], byName: true },
];

/** A request without further fields; it may be a heartbeat as well, or ask for a list. */
const BARE: Rule = { verb: 'logout', needs: [], may: ['id'] };

/** The likely request of a client's message. One with a name and a password may be a login by name as well. */
export function shapeOf(document: Plain, typeKey: string): Shape {
  const roles = rolesIn(document, typeKey);
  const rule = RULES.find(({ needs }) => needs.every((role) => roles[role] !== undefined)) ?? BARE;
  const { verb, needs, may = [], byName = false, as = {} } = rule;
  const names = [...needs, ...may].flatMap((role) => {
    const name = roles[role];
    return name === undefined ? [] : [[as[role] ?? role, name] as const];
  });
  return { verb, byName, names: Object.fromEntries(names) };
}

/** The field that says what messages are: an int that all of them have; undefined when there is none. */
export function typeKeyOf(documents: readonly Plain[]): string | undefined {
  const [first = {}] = documents;
  const isType = (key: string) => documents.every((document) => Number.isInteger(document[key]));
  const keys = Object.keys(first).filter(isType);
  const rank = (key: string) => {
    const at = TYPE_WORDS.findIndex((word) => isCalled(key, [word]));
    return at < 0 ? TYPE_WORDS.length : at;
  };
  return keys.filter((key) => rank(key) < TYPE_WORDS.length).sort((a, b) => rank(a) - rank(b))[0];
}

function rolesIn(document: Plain, typeKey: string): Roles {
  const roles: Roles = {};
  const names = namesIn(document, typeKey);
  const find = (role: Role, fits: (value: unknown) => boolean) => {
    for (const word of WORDS[role]) {
      const name = names.get(word);
      if (name !== undefined && fits(document[name])) return name;
    }
    return undefined;
  };
  const note = (role: Role, name: string | undefined) =>
    name !== undefined && Object.assign(roles, { [role]: name });
  for (const role of STRINGS)
    note(
      role,
      find(role, (value) => typeof value === 'string'),
    );
  for (const role of INTS) note(role, find(role, Number.isInteger));
  return roles;
}

/** The fields by their names in the lists of words; of equal ones the first. Each is looked at once. */
function namesIn(document: Plain, typeKey: string): ReadonlyMap<string, string> {
  const names = new Map<string, string>();
  for (const key of Object.keys(document)) {
    const word = folded(key);
    if (key !== typeKey && !names.has(word)) names.set(word, key);
  }
  return names;
}
