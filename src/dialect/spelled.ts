import { INT_FIELDS, TEXT_FIELDS } from '../protocol/fields.js';
import { REPLY_FIELDS } from '../protocol/replies.js';
import { complete } from './complete.js';
import type { DialectFile } from './file.js';

/** The name of a field where no file gives one: its own name. */
const NAMES: DialectFile = {
  requestFields: own([...INT_FIELDS, ...TEXT_FIELDS].filter((field) => field !== 'msgid')),
  replyFields: own(REPLY_FIELDS),
  friend: own(['id', 'name', 'state']),
  group: own(['id', 'groupname', 'groupdesc', 'users']),
  member: own(['id', 'name', 'role', 'state']),
  lists: { friends: 'strings', groups: 'strings', users: 'strings', offlinemsg: 'strings' },
  emptyLists: 'absent',
  friendship: 'one way',
  takeover: false,
  passwordLength: 50,
};

/** A file with all parts that it leaves out. */
export function spelledOut(file: DialectFile): DialectFile {
  const whole = complete(file);
  const names = { ...NAMES, ...whole };
  for (const group of ['requestFields', 'replyFields', 'friend', 'group', 'member', 'lists'] as const) {
    Object.assign(names, { [group]: { ...NAMES[group], ...whole[group] } });
  }
  return names;
}

function own<Name extends string>(names: readonly Name[]): Record<Name, Name> {
  return Object.fromEntries(names.map((name) => [name, name])) as Record<Name, Name>;
}
