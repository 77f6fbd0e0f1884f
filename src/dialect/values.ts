import { quote } from '../json/dump.js';
import type { Values } from '../protocol/replies.js';
import type { Reply } from '../protocol/verbs.js';
import type { DialectFile } from './file.js';
import { itemsOf, listText } from './items.js';

export type ValueText = (values: Values) => string | undefined;
export type ListName = 'friends' | 'groups' | 'offlinemsg';

/** The JSON texts of what a reply may tell, under the names of the original; undefined for what it does not tell. */
export function valueTexts(file: DialectFile, reply: Reply): Record<keyof Values, ValueText> {
  const items = itemsOf(file);
  const list = <Item>(name: ListName, text: (item: Item) => string) => {
    const always = isThereEmpty(file, reply, name);
    return (listed: readonly Item[] | undefined) =>
      listed === undefined || (listed.length === 0 && !always) ? undefined : listText(listed, text);
  };
  const friends = list('friends', items.friend);
  const groups = list('groups', items.group);
  const offlinemsg = list('offlinemsg', items.stored);
  return {
    id: ({ id }) => id?.toString(),
    name: ({ name }) => (name === undefined ? undefined : quote(name)),
    groupid: ({ groupid }) => groupid?.toString(),
    reason: () => undefined,
    state: ({ state }) => (state === undefined ? undefined : items.state(state)),
    can: ({ can }) => can && listText(can, quote),
    heartbeat: ({ heartbeat }) => heartbeat?.toString(),
    friends: (values) => friends(values.friends),
    groups: (values) => groups(values.groups),
    offlinemsg: (values) => offlinemsg(values.offlinemsg),
  };
}

/** The lists that the reply to a request is about: it has them, also when they are empty. */
const ASKED_FOR: Partial<Record<Reply, ListName>> = { friendList: 'friends', groupList: 'groups' };

/** Whether a list stands in a reply even if nothing is in it. */
export function isThereEmpty({ emptyLists }: DialectFile, reply: Reply, list: ListName): boolean {
  if (ASKED_FOR[reply] === list) return true;
  return emptyLists === 'present' || (Array.isArray(emptyLists) && emptyLists.includes(list));
}
