import type { Document } from '../harness/user.js';
import { anyFields, anyText, write } from './documents.js';
import { junk } from './junk.js';
import type { Peer } from './peer.js';
import type { World } from './world.js';

/** Told of each message that counts, and of each user to whom it must come. */
export type Deliver = (toid: number, message: Document) => void;

/** Some messages of a connection's users as a stream, with some that must not count, and junk between them. */
export function talk(world: World, peer: Peer, count: number, deliver: Deliver): Buffer {
  const parts = Array.from({ length: count }, () => {
    const kinds = [chat, chat, chat, groupChat, groupChat, foreign, strange];
    return world.random.chance(0.1)
      ? junk(world.random)
      : ended(world, world.random.pick(kinds)?.(world, peer, deliver));
  });
  return Buffer.concat(parts);
}

function chat(world: World, peer: Peer, deliver: Deliver): Document | undefined {
  const id = world.random.pick(peer.users);
  const toid = world.random.pick([...world.names.keys(), 99_999]);
  if (id === undefined || toid === undefined) return undefined;
  const message = { ...content(world, id), msgid: 6, toid };
  deliver(toid, message);
  return message;
}

function groupChat(world: World, peer: Peer, deliver: Deliver): Document | undefined {
  const id = world.random.pick(peer.users);
  const group = world.random.pick(world.groups);
  if (id === undefined || group === undefined) return undefined;
  const message = { ...content(world, id), groupid: group.id, msgid: 10 };
  if (group.members.has(id)) for (const toid of group.members.keys()) if (toid !== id) deliver(toid, message);
  return message;
}

/** In the name of a user who is not logged in on this connection (DIFFERENCES 3). */
function foreign(world: World, peer: Peer): Document | undefined {
  const id = world.random.pick([...world.names.keys(), 0, -1].filter((id) => !peer.users.has(id)));
  const toid = world.random.pick(world.names.keys());
  const group = world.random.pick(world.groups)?.id ?? 1;
  const msgid = world.random.pick([3, 6, 7, 8, 9, 10]);
  return {
    ...content(world, id ?? 0),
    friendid: toid,
    groupdesc: 'f',
    groupid: group,
    groupname: 'f',
    msgid,
    toid,
  };
}

/** Of a kind that does not exist, or to a group that does not. */
function strange(world: World, peer: Peer): Document {
  const id = world.random.pick(peer.users) ?? 1;
  return {
    ...content(world, id),
    ...world.random.pick([{ msgid: 11 }, { msgid: -6 }, { groupid: 99_999, msgid: 10 }]),
  };
}

function content(world: World, id: number): Document {
  const { random } = world;
  return {
    id,
    msg: anyText(random, random.chance(0.1) ? 200 : 20),
    n: world.nextMessage(),
    ...anyFields(random),
  };
}

/** Ended by NUL, by LF, or by nothing: the next one, or what the brace that closes it is followed by (DIFFERENCES 1). */
function ended({ random }: World, message: Document | undefined): Buffer {
  return Buffer.from(
    message === undefined
      ? '\0'
      : write(message, random) + (random.pick(['\0', '\0', '\n', '', '\0\0']) ?? ''),
  );
}
