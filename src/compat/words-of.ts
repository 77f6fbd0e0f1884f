import { type Document, readDocument } from '../client/core/document.js';
import { itemOf, numberOf, textOf } from '../client/core/foreign.js';
import type { Dialect } from '../protocol/dialect.js';
import type { Reply, Result } from '../protocol/verbs.js';

/** A group and a text that no server has by chance: where they stand in a reply tells what its fields are called. */
const MARK = { id: 1_234_567_891, name: 'the-name-of-a-mark', text: 'the-text-of-a-mark' };

/** The words of a dialect's replies, found by having it write them. */
export class Words {
  readonly #dialect: Dialect;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  /** A reply as the dialect writes it. */
  reply(reply: Reply, result: Result): string {
    return String(this.#dialect.replies.write(reply, result) ?? '');
  }

  /** The id that a registration was answered with; undefined when it was refused. */
  registered(text: string): number | undefined {
    const sample = this.#sample('register', { id: MARK.id, name: MARK.name });
    const document = readDocument(text);
    if (sample === undefined || document === undefined) return undefined;
    if (!this.#isOk(document, sample)) return undefined;
    const field = nameOf(sample, MARK.id);
    const id = field === undefined ? Number.NaN : numberOf(document[field]);
    return Number.isSafeInteger(id) ? id : undefined;
  }

  /** Whether a login was answered with "welcome". */
  isLoggedIn(text: string): boolean {
    const sample = this.#sample('login', { id: MARK.id, name: MARK.name });
    const document = readDocument(text);
    return sample !== undefined && document !== undefined && this.#isOk(document, sample);
  }

  /** Whether a document is a message of another user: it has the number of one. */
  isChat(text: string): boolean {
    const document = readDocument(text);
    const [name = ''] = this.#dialect.fields.ints.msgid.names;
    const request = this.#dialect.requests.get(numberOf(document?.[name]));
    return request !== undefined && (request.verb === 'chat' || request.verb === 'groupChat');
  }

  /** The name of the list of stored messages in the reply to a login; undefined: they are not in it. */
  storedName(): string | undefined {
    const sample = this.#sample('login', { id: MARK.id, name: MARK.name, offlinemsg: ['{}'] });
    return sample && Object.keys(sample).find((name) => isList(sample[name]));
  }

  /** The stored messages in the reply to a login. */
  stored(text: string): string[] {
    const field = this.storedName();
    const list = field === undefined ? undefined : readDocument(text)?.[field];
    return Array.isArray(list) ? list.map((item) => textOf(item)) : [];
  }

  /** The id of the group of that name in the reply to a login. */
  groupNamed(reply: string, groupname: string): number | undefined {
    return this.groups(reply).find((group) => group.name === groupname)?.id;
  }

  /** The name of the group of that id in the reply to a login. */
  groupName(reply: string, id: number): string | undefined {
    return this.groups(reply).find((group) => group.id === id)?.name;
  }

  /** The groups in the reply to a login; none where the dialect lists them elsewhere. */
  groups(reply: string): { readonly id: number; readonly name: string }[] {
    const group = { id: MARK.id, groupname: MARK.name, groupdesc: MARK.text, users: [] };
    const sample = this.#sample('login', { id: 1, name: '', groups: [group] });
    const list = sample && Object.keys(sample).find((name) => holds(sample[name]));
    if (sample === undefined || list === undefined) return [];
    const item = itemOf((sample[list] as unknown[])[0]) ?? {};
    const [idField = '', nameField = ''] = [nameOf(item, MARK.id), nameOf(item, MARK.name)];
    const items = readDocument(reply)?.[list];
    if (!Array.isArray(items)) return [];
    return items.map((some) => ({
      id: numberOf(itemOf(some)?.[idField]),
      name: textOf(itemOf(some)?.[nameField]),
    }));
  }

  /** Whether the reply to a login lists these. */
  lists(what: 'friends' | 'groups'): boolean {
    if (this.#dialect.replies.has(what === 'friends' ? 'friendsAfterLogin' : 'groupsAfterLogin'))
      return false;
    const group = { id: MARK.id, groupname: MARK.name, groupdesc: '', users: [] };
    const friend = { id: MARK.id, name: MARK.name, state: 'online' as const };
    const values = what === 'friends' ? { friends: [friend] } : { groups: [group] };
    return holds(this.#sample('login', { id: 1, name: '', ...values }));
  }

  #sample(reply: Reply, values: Parameters<Dialect['replies']['write']>[2]): Document | undefined {
    const written = this.#dialect.replies.write(reply, 'ok', values);
    return written === undefined ? undefined : readDocument(String(written));
  }

  /** All that the sample says whoever asks is what the answer says. */
  #isOk(document: Document, sample: Document): boolean {
    const fixed = Object.entries(sample).filter(
      ([, value]) => value !== MARK.id && value !== MARK.name && !isList(value),
    );
    return fixed.every(([name, value]) => document[name] === value);
  }
}

function nameOf(document: Document, value: unknown): string | undefined {
  return Object.keys(document).find((name) => document[name] === value);
}

function isList(value: unknown): boolean {
  return Array.isArray(value);
}

/** Something lists the mark. */
function holds(value: unknown): boolean {
  return (JSON.stringify(value) ?? '').includes(MARK.name);
}
