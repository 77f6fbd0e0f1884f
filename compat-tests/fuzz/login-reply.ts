import type { Document } from '../harness/user.js';
import type { World } from './world.js';

/** A login reply as data, but for its stored messages. Lists are sorted: no order is promised by every database. */
export function parsedReply({ offlinemsg: _, friends = [], groups = [], ...reply }: Document): Document {
  return { ...reply, friends: sorted(friends.map(parse)), groups: sorted(groups.map(parseGroup)) };
}

/** The value of parsedReply for a user who has just come online. */
export function expectedReply(world: World, id: number): Document {
  const { names, online, friends, groups } = world;
  const person = (who: number) => ({
    id: who,
    name: names.get(who),
    state: online.has(who) ? 'online' : 'offline',
  });
  const known = [...(friends.get(id) ?? [])].filter((friend) => names.has(friend));
  const mine = groups.filter(({ members }) => members.has(id));
  return {
    errno: 0,
    id,
    msgid: 2,
    name: names.get(id),
    friends: sorted(known.map(person)),
    groups: sorted(
      mine.map((group) => ({
        groupdesc: group.desc,
        groupname: group.name,
        id: group.id,
        users: sorted([...group.members].map(([who, role]) => ({ ...person(who), role }))),
      })),
    ),
  };
}

function parseGroup(text: string): Document {
  const group = parse(text);
  return { ...group, users: sorted(group.users.map(parse)) };
}

function parse(text: string): Document {
  return JSON.parse(text);
}

function sorted(documents: Document[]): Document[] {
  return documents.sort((a, b) => a.id - b.id);
}
