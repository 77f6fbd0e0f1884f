import type { DialectFile } from '../dialect/file.js';
import { join } from '../dialect/join.js';
import type { Framing } from '../protocol/dialect.js';
import type { Verb } from '../protocol/verbs.js';
import type { Acks } from './ack.js';
import { acksOf, split } from './acks.js';
import { learnHabits } from './habits.js';
import { type Heard, hear } from './heard.js';
import type { People } from './lists.js';
import { outcomeOf } from './outcome.js';
import { learnReplies } from './replies.js';
import { learnRequests } from './requests.js';
import type { Session } from './session.js';
import { shorten } from './shorten.js';
import { type Understood, understand } from './verbs.js';

/** The knowledge from a session. */
export interface Lesson {
  readonly file: DialectFile;
  /** The requests that nobody made, so that nothing is known of them: in words. */
  readonly unseen: readonly string[];
  /** The guesses, in words. */
  readonly unsure: readonly string[];
}

/** A session is learned from as far as this: at most this many documents, members of them, findings. */
const [MOST, MOST_MEMBERS, MOST_NOTES] = [10_000, 100_000, 100];

/** Learns how a fork's clients speak, and what its server answers as far as it was heard. */
export function learn(whole: Session): Lesson {
  const session = whole.first(MOST, MOST_MEMBERS);
  const notes = new Set<string>();
  const note = (text: string) => notes.size < MOST_NOTES && notes.add(text);
  if (session.isCut)
    note(`more was said: only the first ${session.said.length} messages and answers were read`);
  const heard = hear(session);
  if (heard === undefined)
    return { file: {}, unseen: ['no message with a number was heard'], unsure: [...notes] };
  const kinds = understand(heard, session, note);
  const acks = acksOf(kinds, heard.typeKey, note);
  const parts: DialectFile[] = [
    { typeKey: heard.typeKey, framing: { in: inbound(session), out: outbound(session) } },
    learnRequests(kinds),
    session.of('server').length > 0
      ? learnReplies(acks, heard.typeKey, peopleIn(kinds), note)
      : guessReplies(kinds, note),
    learnHabits(kinds, acks, session, heard.typeKey),
  ];
  const unseen = [...unseenIn(kinds, heard, session), ...unseenEnds(acks, heard.typeKey)];
  return { file: shorten(parts.reduce(join)), unseen, unsure: [...notes] };
}

/** Where no server was heard: nearly all forks answer with the next number. */
function guessReplies(kinds: readonly Understood[], note: (text: string) => void): DialectFile {
  note('no server was heard: the numbers of replies are guesses, and the names in them the original ones');
  const answered = kinds.filter(({ verb }) => verb === 'login' || verb === 'register');
  return { replies: Object.fromEntries(answered.map(({ verb, number }) => [verb, number + 1])) };
}

/** The end of a client's document is taken as it comes, whatever the dialect has; but for a length. */
function inbound(session: Session): 'none' | 'lf' | 'length' {
  const framing = session.framing('client');
  return framing === 'nul' ? 'none' : framing;
}

/** Where no server was heard the stand-in has answered in the client's own framing, and the client went on. */
function outbound(session: Session): Framing {
  return session.of('server').length > 0 ? session.framing('server') : inbound(session);
}

function peopleIn(kinds: readonly Understood[]): People {
  const groups = kinds.find(({ verb }) => verb === 'createGroup')?.asked ?? [];
  const texts = (role: 'groupname' | 'groupdesc') =>
    new Set(groups.flatMap(({ document, shape }) => [document[shape.names[role] ?? '']]).map(String));
  return { groupnames: texts('groupname'), groupdescs: texts('groupdesc') };
}

/** How no login ended. */
function unseenEnds(acks: Acks, typeKey: string): string[] {
  const logins = acks.get('login')?.acks;
  if (logins === undefined) return [];
  const { done, failed } = split(logins, outcomeOf(acks, typeKey));
  return [
    ...(done.length === 0 ? ['a login that succeeds: what its reply brings'] : []),
    ...(failed.length === 0 ? ['a login that is refused: what a refusal says'] : []),
  ];
}

/** The requests that a whole session has. */
const EXPECTED: Readonly<Partial<Record<Verb, string>>> = {
  register: 'a registration',
  login: 'a login',
  chat: 'a message to a user',
  addFriend: 'a friend being added',
  createGroup: 'a group being made',
  joinGroup: 'a group being joined',
  groupChat: 'a message to a group',
  logout: 'a logout; if clients leave without one, "takeover": true lets them in again',
};

function unseenIn(kinds: readonly Understood[], { typeKey }: Heard, session: Session): string[] {
  const verbs = new Set<Verb>(kinds.map(({ verb }) => verb));
  if (verbs.has('friendRequest')) verbs.add('addFriend');
  const missing = Object.entries(EXPECTED).filter(([verb]) => !verbs.has(verb as Verb));
  const hasItems = session
    .of('server')
    .some(({ document }) =>
      Object.entries(document).some(
        ([key, value]) => key !== typeKey && Array.isArray(value) && value.length > 0,
      ),
    );
  const replies = session.of('server').length === 0 ? ['what a server of the fork answers'] : [];
  const lists =
    hasItems || replies.length > 0 ? [] : ['a login with friends and groups: how they look in its reply'];
  return [...missing.map(([, what]) => what), ...replies, ...lists];
}
