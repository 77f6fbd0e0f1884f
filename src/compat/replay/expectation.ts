import type { View } from './replay.js';
import type { Scenario, Step } from './scenario.js';
import { asRead, asReadInOnePiece } from './view.js';

/** The behaviour of ours where it is not that of the original. */
export interface Expectation {
  /** The number in DIFFERENCES.md, or what is special about the store. */
  readonly why: string;
  /** The recording as it would be of ours. */
  readonly ours: (recorded: Scenario) => Scenario;
  /** How rows are compared, where stores may write messages down in several ways. */
  readonly view?: View;
}

export type Expectations = Readonly<Record<string, Expectation>>;

/** Recordings of what the original does and ours does not, by name. */
export const DIFFERENT: Expectations = {
  'two-in-one-read': {
    why: 'difference 1',
    ours: (recorded) => receiving(recorded, (bytes) => [bytes, bytes]),
  },
  'offline-text-original-defects': { why: 'difference 6', ours: everythingStored, view: asRead },
  'offline-long-original-defect': { why: 'difference 7', ours: everythingStored, view: asReadInOnePiece },
  'duplicate-rows': {
    why: 'difference 14',
    ours: (recorded) => receiving(recorded, (bytes) => [once(bytes)]),
  },
  'names-chinese': { why: 'difference 20', ours: everyNameJoined },
};

/** The same, for a node with the embedded store. */
export const DIFFERENT_EMBEDDED: Expectations = {
  ...DIFFERENT,
  'names-chinese': { why: 'names of any alphabet, kept as they are', ours: everyName },
};

/** Changes what the connections receive. */
function receiving(recorded: Scenario, change: (bytes: Buffer) => Buffer[]): Scenario {
  const changed = (step: Step): Step => {
    if (!('received' in step)) return step;
    const entries = Object.entries(step.received).map(([conn, items]) => [
      conn,
      items.flatMap<Buffer | 'EOF'>((item) => (item === 'EOF' ? item : change(item))),
    ]);
    return { ...step, received: Object.fromEntries(entries) };
  };
  return { ...recorded, steps: recorded.steps.map(changed) };
}

/** Changes the rows from the first look on. */
function storing(recorded: Scenario, rows: Partial<Scenario['after']>): Scenario {
  const steps = recorded.steps.map((step) =>
    step.do === 'expect-db' ? { ...step, tables: { ...step.tables, ...rows } } : step,
  );
  return { ...recorded, steps, after: { ...recorded.after, ...rows } };
}

interface Request {
  readonly msgid: number;
  readonly text: string;
  readonly toid: number;
  readonly name: string;
  readonly password: string;
}

/** The requests of one kind that a recording's clients send. */
function requests(recorded: Scenario, msgid: number): Request[] {
  const texts = recorded.steps.flatMap((step) => (step.do === 'send' ? String(step.bytes).slice(0, -1) : []));
  const all = texts.map((text) => ({ ...(JSON.parse(text) as Request), text }));
  return all.filter((request) => request.msgid === msgid);
}

/** Every chat message, sent to one who stays offline, is stored as it was sent. */
function everythingStored(recorded: Scenario): Scenario {
  const offlinemessage = requests(recorded, 6).map(({ text, toid }) => ({ userid: toid, message: text }));
  return storing(recorded, { offlinemessage });
}

/** Every name can be registered; ids are given out without gaps. */
function everyName(recorded: Scenario): Scenario {
  return registering(
    recorded,
    () => true,
    ({ name, password }) => ({ name, password }),
  );
}

/** Every name can be registered, with a joiner where it needs one; a password that cannot be stored is refused. */
function everyNameJoined(recorded: Scenario): Scenario {
  const meant = (text: string) => GBK.decode(Buffer.from(text));
  return registering(
    recorded,
    ({ password }) => password !== '龙',
    ({ name, password }) => ({
      name: meant(name === '你好吗' ? `${name}\u2060` : name),
      password: meant(password),
    }),
  );
}

const GBK = new TextDecoder('gbk');

/** Those who can register get ids without gaps. */
function registering(
  recorded: Scenario,
  isTaken: (request: Request) => boolean,
  columns: (request: Request) => Pick<Request, 'name' | 'password'>,
): Scenario {
  const accounts = requests(recorded, 4);
  const user = accounts
    .filter(isTaken)
    .map((request, index) => ({ id: index + 1, ...columns(request), state: 'offline' }));
  let [id, next] = [0, 0];
  const answer = () => {
    const account = accounts[next++];
    return account && isTaken(account) ? `{"errno":0,"id":${++id},"msgid":5}` : '{"errno":1,"msgid":5}';
  };
  const accepted = (reply: Buffer) =>
    String(reply).includes('"msgid":5') ? [Buffer.from(answer())] : [reply];
  return receiving(storing(recorded, { user }), accepted);
}

/** A reply or a relayed message with what it lists, or holds, twice only once. */
function once(bytes: Buffer): Buffer {
  const half = bytes.subarray(0, bytes.length / 2);
  if (Buffer.concat([half, half]).equals(bytes)) return half;
  const distinctUsers = (group: string): string => {
    const fields = JSON.parse(group) as { users: string[] };
    return JSON.stringify({ ...fields, users: distinct(fields.users) });
  };
  return inReply(bytes, { friends: distinct, groups: (groups) => distinct(groups).map(distinctUsers) });
}

/** Changes the lists of a login reply. */
function inReply(bytes: Buffer, changes: Record<string, (items: string[]) => string[]>): Buffer {
  const reply = JSON.parse(String(bytes)) as Record<string, string[]>;
  for (const [name, change] of Object.entries(changes)) {
    if (reply[name] !== undefined) reply[name] = change(reply[name]);
  }
  return Buffer.from(JSON.stringify(reply));
}

function distinct(texts: readonly string[]): string[] {
  return [...new Set(texts)];
}
