import type { Roles } from '../dialect/shapes.js';
import { isCalled, REPLY_WORDS } from '../dialect/words.js';
import type { Verb } from '../protocol/verbs.js';
import { type Asked, type Heard, type Kind, likeliest } from './heard.js';
import type { Session } from './session.js';

/** A kind of request that was understood. */
export interface Understood extends Kind {
  readonly verb: Verb;
  readonly byName: boolean;
  /** It is another way to log in. */
  readonly entering?: boolean;
  /** The request goes to the user it is about, as it is. */
  readonly relayed: boolean;
}

/** Finds out what each number asks for. What is a guess is told to `note`. */
export function understand(heard: Heard, session: Session, note: (text: string) => void): Understood[] {
  const likely = heard.kinds.map((kind): Understood => {
    const verb = likeliest(kind);
    const byName = kind.asked.some(({ shape }) => shape.verb === verb && shape.byName);
    return { ...kind, verb, byName, relayed: isRelayed(kind, heard, session) };
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

/** What is answered as a login is: another way to log in, which can only be refused, as a heartbeat with that reply. */
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

/** What brings nothing but who sends it. */
const bare: Step = (kinds) =>
  kinds.map((kind) => (kind.verb === 'logout' ? { ...kind, verb: verbOfBare(kind, kinds) } : kind));

function verbOfBare(kind: Kind, kinds: readonly Understood[]): Verb {
  const documents = kind.asked.flatMap(({ answers }) => answers.map(({ document }) => document));
  const has = (words: readonly string[]) =>
    documents.some((document) => Object.keys(document).some((key) => isCalled(key, words)));
  const lists = { friends: has(REPLY_WORDS.friends), groups: has(REPLY_WORDS.groups) };
  if (lists.friends && lists.groups) return 'refresh';
  if (lists.friends) return 'friendList';
  if (lists.groups) return 'groupList';
  const entering = new Set(
    kinds
      .filter(({ verb, entering }) => entering || verb === 'login' || verb === 'register')
      .map((k) => k.number),
  );
  // Who goes says who it is.
  if (kind.asked.every(({ shape }) => shape.names.id === undefined) && documents.length > 0)
    return 'heartbeat';
  return kind.asked.every((asked) => isLast(asked, kinds, entering)) ? 'logout' : 'heartbeat';
}

/** Nothing follows on the connection, or a login or registration does. */
function isLast(
  { connection, at }: Asked,
  kinds: readonly Understood[],
  entering: ReadonlySet<number>,
): boolean {
  const later = kinds
    .flatMap(({ asked }) => asked)
    .filter((other) => other.connection === connection && other.at > at);
  const [next] = later.sort((a, b) => a.at - b.at);
  return next === undefined || entering.has(next.number);
}

function replace(kinds: readonly Understood[], kind: Understood, verb: Verb): Understood[] {
  return kinds.map((other) => (other.number === kind.number ? { ...other, verb } : other));
}

/** Whether the server passed such a message on to another connection. */
function isRelayed({ asked, number }: Kind, { typeKey }: Heard, session: Session): boolean {
  const connections = new Set(asked.map(({ connection }) => connection));
  return session.of('server').some(({ document, connection }) => {
    if (document[typeKey] !== number) return false;
    return (
      !connections.has(connection) ||
      asked.some((one) => one.connection !== connection && isOf(one, document))
    );
  });
}

/** The same text in the same place, whatever a server has added. */
function isOf({ document }: Asked, relayed: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(document).filter(([key, value]) => relayed[key] === value).length > 1;
}

/** What the fields of a request are called, by what the verb reads. */
export function namesFor(verb: Verb, names: Roles): Roles {
  const { toid, friendid, ...rest } = names;
  const other = toid ?? friendid;
  if (other === undefined) return names;
  const field = verb === 'chat' || verb === 'friendRequest' ? 'toid' : 'friendid';
  return { ...rest, [field]: other };
}
