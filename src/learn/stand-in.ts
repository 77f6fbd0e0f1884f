import { type Plain, type Shape, shapeOf, typeKeyOf } from '../dialect/shapes.js';
import { FRAMES } from '../net/frames.js';
import type { Session } from './session.js';

/** The same value under every name that forks have for it. */
function under<Value>(names: readonly string[], value: Value): Record<string, Value> {
  return Object.fromEntries(names.map((name) => [name, value]));
}

const OUTCOMES = ['errno', 'error', 'code', 'status'];
const TEXTS = ['errmsg', 'errmessage', 'errormsg', 'msg', 'sysmsg', 'info', 'reason'];
const STORED = [
  ...['offlinemsg', 'offlinemsgs', 'offlinemessage', 'offlinemessages'],
  ...['offlineMsg', 'offlineMsgs', 'offlineMessage', 'offlineMessages'],
];
const IDS = ['id', 'uid', 'userid', 'userId', 'user_id'];
const NAMES = ['name', 'username', 'userName', 'user_name', 'nickname'];

const FINE = {
  ...under(OUTCOMES, 0),
  ...under(TEXTS, 'ok'),
  ...under(['friends', 'groups', ...STORED], []),
};
const REFUSED = { ...under(OUTCOMES, 1), ...under(TEXTS, 'refused') };

interface Account {
  readonly id: number;
  readonly name: string;
  readonly password: string;
}

/**
 * Answers in the place of a fork's server, so that its client goes on: who is new is let in, and who comes again with
 * the same password.
 */
export class StandIn {
  readonly #session: Session;
  /** Of equal ones the first counts. */
  readonly #byId = new Map<number, Account>();
  readonly #byName = new Map<string, Account>();
  #accounts = 0;

  constructor(session: Session) {
    this.#session = session;
  }

  /** The answer to these bytes of a client. */
  answer(connection: number, bytes: Buffer): Buffer {
    const documents = this.#session.heard('client', connection, bytes);
    const framing = this.#session.framing('client');
    const frame = FRAMES[framing === 'nul' ? 'none' : framing] ?? ((document: Buffer) => [document]);
    return Buffer.concat(documents.flatMap((document) => this.#answers(document)).flatMap(frame));
  }

  #answers(document: Plain): Buffer[] {
    const typeKey = typeKeyOf([document]);
    if (typeKey === undefined) return [];
    const number = Number(document[typeKey]);
    const shape = shapeOf(document, typeKey);
    if (shape.verb !== 'login' && shape.verb !== 'register') return [];
    const account = this.#enter(document, shape);
    const who = account && { ...under(IDS, account.id), ...under(NAMES, account.name) };
    const reply = { ...(who === undefined ? REFUSED : FINE), ...who, [typeKey]: number + 1 };
    return [Buffer.from(JSON.stringify(reply))];
  }

  /** The account of a registration or login; undefined when it has another password. */
  #enter(document: Plain, { verb, names }: Shape): Account | undefined {
    const of = (name: string | undefined) => (name === undefined ? undefined : document[name]);
    const password = String(of(names.password));
    const name = String(of(names.name) ?? '');
    const id = verb === 'login' ? Number(of(names.id)) : undefined;
    const known = id === undefined ? this.#byName.get(name) : this.#byId.get(id);
    if (known !== undefined) return known.password === password ? known : undefined;
    const account = { id: id ?? this.#accounts + 1, name, password };
    this.#accounts++;
    if (!this.#byId.has(account.id)) this.#byId.set(account.id, account);
    if (!this.#byName.has(name)) this.#byName.set(name, account);
    return account;
  }
}
