import type { Verb } from '../protocol/verbs.js';
import type { DialectFile } from './file.js';

type Field = keyof NonNullable<DialectFile['requestFields']>;

/** The fields that the server reads of each request. */
const READ: Partial<Record<Verb, readonly Field[]>> = {
  login: ['id', 'password'],
  register: ['name', 'password'],
  chat: ['id', 'toid'],
  groupChat: ['id', 'groupid'],
  addFriend: ['id', 'friendid'],
  friendRequest: ['id', 'toid'],
  friendAgree: ['id', 'friendid'],
  createGroup: ['id', 'groupname', 'groupdesc'],
  joinGroup: ['id', 'groupid'],
};
/** And where users are meant by their names. */
const BY_NAME: Partial<Record<Verb, readonly Field[]>> = {
  login: ['name', 'password'],
  chat: ['id', 'toname'],
  addFriend: ['id', 'friendname'],
};

/** Two fields of one request that have a name in common: a line for each. One value cannot be both. */
export function sharedNames(file: DialectFile): string[] {
  const lines = Object.keys(READ).flatMap((verb) => sharedIn(file, verb as Verb));
  return [...new Set(lines)];
}

function sharedIn(file: DialectFile, verb: Verb): string[] {
  const { requestFields: own, by } = file.verbs?.[verb] ?? {};
  if (file.requests?.[verb] == null) return [];
  const names = { ...file.requestFields, ...own };
  const namesOf = (field: Field) => [names[field] ?? field].flat();
  const fields = (by === 'name' && BY_NAME[verb]) || READ[verb] || [];
  const path = own === undefined ? 'requestFields' : `verbs.${verb}.requestFields`;
  const first = new Map<string, Field | 'the type key'>([[file.typeKey ?? 'msgid', 'the type key']]);
  return fields.flatMap((field) =>
    namesOf(field).flatMap((name) => {
      const other = first.get(name);
      first.set(name, other ?? field);
      return other === undefined || other === field
        ? []
        : [`${path}.${field}: ${JSON.stringify(name)} is the name of ${other} in the same request (${verb})`];
    }),
  );
}
