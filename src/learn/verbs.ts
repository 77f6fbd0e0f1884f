import type { Roles } from '../dialect/shapes.js';
import { isCalled, REPLY_WORDS } from '../dialect/words.js';
import type { Verb } from '../protocol/verbs.js';
import { addTo } from './grouped.js';
import { followers, type Heard, type Kind, likeliest } from './heard.js';
import type { Said, Session } from './session.js';

/** A kind of request that was understood. */
export interface Understood extends Kind {
  readonly verb: Verb;
  readonly byName: boolean;
  /** It is another way to log in. */
  readonly entering?: boolean;
  /** The request goes to the user it is about, as it is. */
  readonly relayed: boolean;
}

/** Finds the verb of each number. A guess is told to `note`. */
export function understand(heard: Heard, session: Session, note: (text: string) => void): Understood[] {
  const relays = byNumber(session.of('server'), heard.typeKey);
  const likely = heard.kinds.map((kind): Understood => {
    const verb = likeliest(kind);
    const byName = kind.asked.some(({ shape }) => shape.verb === verb && shape.byName);
    return { ...kind, verb, byName, relayed: isRelayed(kind, relays.get(kind.number) ?? [], heard.typeKey) };
  });
  const steps = [entries, friendships, otherLogins(heard.typeKey), bare].reduce(
    (kinds, step) => step(kinds, note),
    likely,
  );
  const verbs = new Set<Verb>();
  return steps.filter(({ verb, number }) => {
    const isNew = !verbs.has(verb);
    if (!isNew) note(`${number} looks like a second ${verb}: it was left out`);
    verbs.add(verb);
    return isNew;
  });
}

type Step = (kinds: Understood[], note: (text: string) => void) => Understood[];

/** A name and a password are a registration, or a login by name. */
const entries: Step = (kinds, note) => {
  const [first, second] = kinds.filter(({ verb }) => verb === 'register');
  const hasLogin = kinds.some(({ verb }) => verb === 'login');
  if (first === undefined || hasLogin) return kinds;
  if (second === undefined && !hasLists(first)) return kinds;
  const login = second ?? first;
  if (second !== undefined)
    note(
      `${first.number} and ${second.number} bring a name and a password: the first was taken for the registration`,
    );
  return kinds.map((kind) => (kind === login ? { ...kind, verb: 'login', byName: true } : kind));
};

function hasLists({ asked }: Kind): boolean {
  const lists = [...REPLY_WORDS.friends, ...REPLY_WORDS.groups, ...REPLY_WORDS.offlinemsg];
  return asked.some(({ answers }) =>
    answers.some(({ document }) => Object.keys(document).some((key) => isCalled(key, lists))),
  );
}

/** A friendship is stored at once, or asked for and agreed to. */
const friendships: Step = (kinds, note) => {
  const all = kinds.filter(({ verb }) => verb === 'addFriend' || verb === 'friendRequest');
  const [first, second] = all;
  if (first === undefined) return kinds;
  if (second === undefined) return replace(kinds, first, 'addFriend');
  const request = all.find(({ relayed }) => relayed) ?? first;
  const agreement = request === first ? second : first;
  if (!request.relayed)
    note(
      `${request.number} was taken for the request of a friendship, ${agreement.number} for the agreement`,
    );
  return replace(replace(kinds, request, 'friendRequest'), agreement, 'friendAgree');
};

/**
 * Requests with the answer of a login: another way to log in, which can only be refused, as a heartbeat with that
 * reply.
 */
function otherLogins(typeKey: string): Step {
  const numbers = ({ asked }: Kind) =>
    new Set(asked.flatMap(({ answers }) => answers.slice(0, 1).map(({ document }) => document[typeKey])));
  return (kinds, note) => {
    const login = kinds.find(({ verb }) => verb === 'login');
    const replies: ReadonlySet<unknown> = login === undefined ? new Set() : numbers(login);
    const isOther = (kind: Understood) =>
      kind.verb === 'logout' && [...numbers(kind)].some((number) => replies.has(number));
    return kinds.map((kind) => {
      if (!isOther(kind)) return kind;
      note(`${kind.number} is answered as a login is: it is refused, if that is what was heard`);
      return { ...kind, verb: 'heartbeat', entering: true };
    });
  };
}

/** Requests with nothing but their sender. */
const bare: Step = (kinds) => {
  const next = followers(kinds);
  // Nothing follows on the connection, or a login or registration does.
  const isLast = (at: number) => {
    const follower = next.get(at);
    return follower === undefined || isEntering(follower);
  };
  return kinds.map((kind) => (kind.verb === 'logout' ? { ...kind, verb: verbOfBare(kind, isLast) } : kind));
};

function isEntering({ verb, entering }: Understood): boolean {
  return entering || verb === 'login' || verb === 'register';
}

function verbOfBare(kind: Kind, isLast: (at: number) => boolean): Verb {
  const documents = kind.asked.flatMap(({ answers }) => answers.map(({ document }) => document));
  const has = (words: readonly string[]) =>
    documents.some((document) => Object.keys(document).some((key) => isCalled(key, words)));
  const lists = { friends: has(REPLY_WORDS.friends), groups: has(REPLY_WORDS.groups) };
  if (lists.friends && lists.groups) return 'refresh';
  if (lists.friends) return 'friendList';
  if (lists.groups) return 'groupList';
  // A client that logs out names its user.
  if (kind.asked.every(({ shape }) => shape.names.id === undefined) && documents.length > 0)
    return 'heartbeat';
  return kind.asked.every(({ at }) => isLast(at)) ? 'logout' : 'heartbeat';
}

function replace(kinds: readonly Understood[], kind: Understood, verb: Verb): Understood[] {
  return kinds.map((other) => (other.number === kind.number ? { ...other, verb } : other));
}

/** Documents by their numbers. */
function byNumber(said: readonly Said[], typeKey: string): ReadonlyMap<unknown, Said[]> {
  const numbers = new Map<unknown, Said[]>();
  for (const one of said) addTo(numbers, one.document[typeKey], one);
  return numbers;
}

/**
 * Whether the server passed such a message on to another connection: one that sends none, or the same in some place,
 * whatever a server has added.
 *
 * @param relays the server's documents with the number of the message
 */
function isRelayed({ asked }: Kind, relays: readonly Said[], typeKey: string): boolean {
  const connections = new Set(asked.map(({ connection }) => connection));
  /** The connections that have sent a value of a member. */
  const sayers = new Map<string, Map<unknown, Set<number>>>();
  for (const { document, connection } of asked)
    for (const [key, value] of Object.entries(document)) {
      const values = sayers.get(key) ?? new Map<unknown, Set<number>>();
      sayers.set(key, values.set(value, (values.get(value) ?? new Set()).add(connection)));
    }
  const isOfOther = (key: string, value: unknown, connection: number) => {
    const all = sayers.get(key)?.get(value);
    return key !== typeKey && all !== undefined && (all.size > 1 || !all.has(connection));
  };
  return relays.some(
    ({ document, connection }) =>
      !connections.has(connection) ||
      Object.entries(document).some(([key, value]) => isOfOther(key, value, connection)),
  );
}

/** The names of a request's fields, by the roles that the verb reads. */
export function namesFor(verb: Verb, names: Roles): Roles {
  const { toid, friendid, ...rest } = names;
  const other = toid ?? friendid;
  if (other === undefined) return names;
  const field = verb === 'chat' || verb === 'friendRequest' ? 'toid' : 'friendid';
  return { ...rest, [field]: other };
}
