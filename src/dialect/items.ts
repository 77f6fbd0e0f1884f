import { quote } from '../json/dump.js';
import { type Field, layOut } from '../protocol/layout.js';
import type { HistoryRow } from '../store/history.js';
import type { Friend, Group, GroupUser, UserState } from '../store/store.js';
import type { DialectFile } from './file.js';

type Text<Item> = (item: Item) => string;

/** How the items of a reply's lists are written: each as the JSON text that stands in its list. */
export interface Items {
  readonly friend: Text<Friend>;
  readonly group: Text<Group>;
  readonly stored: Text<string>;
  readonly state: Text<UserState>;
  readonly kept: Text<HistoryRow>;
}

/** Lays out the items of lists (PROTOCOL.md section 5: strings that hold JSON). */
export function itemsOf(file: DialectFile): Items {
  const { lists = {} } = file;
  const state = stateText(file);
  const users = usersText(file, state);
  const friend: Record<string, Text<Friend>> = {
    id: ({ id }) => String(id),
    name: ({ name }) => quote(name),
    state: (user) => state(user.state),
  };
  const group: Record<string, Text<Group>> = {
    groupdesc: ({ groupdesc }) => quote(groupdesc),
    groupname: ({ groupname }) => quote(groupname),
    id: ({ id }) => String(id),
    users: (item) => users(item.users),
  };
  return {
    friend: inList(lists.friends, layOut(named(friend, file.friend))),
    group: inList(lists.groups, layOut(named(group, file.group))),
    stored: lists.offlinemsg === 'objects' ? (text) => text : quote,
    state,
    // Its keys in order, as in all that is written. No fork has such items: they have no other names.
    kept: ({ number, at, document }) => `{"document":${document},"number":${number},"time":${at}}`,
  };
}

/** A list, with its brackets. */
export function listText<Item>(items: readonly Item[], text: Text<Item>): string {
  return `[${items.map((item) => text(item)).join(',')}]`;
}

function usersText(file: DialectFile, state: Text<UserState>): Text<readonly GroupUser[]> {
  const form = file.lists?.users;
  if (form === 'count') return (users) => String(users.length);
  const member: Record<string, Text<GroupUser>> = {
    id: ({ id }) => String(id),
    name: ({ name }) => quote(name),
    role: ({ role }) => quote(role),
    state: (user) => state(user.state),
  };
  const text = inList(form, layOut(named(member, file.member)));
  return (users) => listText(users, text);
}

function stateText({ states = {} }: DialectFile): Text<UserState> {
  const texts = {
    online: JSON.stringify(states.online ?? 'online'),
    offline: JSON.stringify(states.offline ?? 'offline'),
  };
  return (state) => texts[state];
}

function inList<Item>(form: 'strings' | 'objects' | undefined, text: Text<Item>): Text<Item> {
  return form === 'objects' ? text : (item) => quote(text(item));
}

/** The fields under their names in this dialect, without those that it leaves out. */
function named<Item>(
  texts: Record<string, Text<Item>>,
  names: Readonly<Record<string, string | null | undefined>> = {},
): Field<Item>[] {
  return Object.entries(texts).flatMap(([field, text]) => {
    const name = names[field] === undefined ? field : names[field];
    return name === null ? [] : [{ name, text }];
  });
}
