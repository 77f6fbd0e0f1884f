import type { Spoken } from '../../client/core/dialect.js';
import { readDocument } from '../../client/core/document.js';
import { numberOf } from '../../client/core/foreign.js';
import { Speech } from '../../client/core/speech.js';
import type { Dialect } from '../../protocol/dialect.js';
import type { IntField } from '../../protocol/fields.js';
import type { Verb } from '../../protocol/verbs.js';
import { nobody } from '../ids.js';
import type { Made } from '../replay/accounts.js';
import { withDocuments } from '../spans.js';
import { Words } from '../words-of.js';
import { type Id, type Likeness, Likenesses } from './likeness.js';
import { askedIn } from './requests.js';

/** A value that is a string, in a document or in a document in a string; one with quotes or escapes in it is passed over. */
const VALUE = /(:\s*\\*")([^"\\]+)(?=\\*")/g;

const OF_USERS = ['id', 'toid', 'friendid'] as const satisfies IntField[];

/**
 * The ids and names of a recording, and those of the server that stand for them. Ids are learned as the server gives them out.
 * Where two servers began with the same rows, an id that was not learned is the same on both.
 */
export class Mapping {
  readonly #dialect: Dialect;
  readonly #made: Pick<Made, 'users' | 'groups' | 'names'>;
  readonly #words: Words;
  readonly #speech: Speech;
  readonly #groupNames: ReadonlySet<string>;
  readonly #likenesses: Likenesses;
  readonly #sameRows: boolean;

  /** @param sameRows the server has the rows that the recorded one had, under the same ids */
  constructor(dialect: Dialect, made: Pick<Made, 'users' | 'groups' | 'names'>, sameRows = false) {
    this.#sameRows = sameRows;
    this.#dialect = dialect;
    this.#made = made;
    this.#words = new Words(dialect);
    this.#speech = new Speech(dialect.spoken as Spoken);
    this.#likenesses = new Likenesses(dialect);
    this.#groupNames = new Set(
      [...dialect.requests.values()].flatMap(({ fields }) => fields.ints.groupid.names),
    );
  }

  /** A request of a client, with the server's ids and names. */
  asked(bytes: Buffer): Buffer {
    return withDocuments(bytes, this.#dialect.framing.in, (text) => this.#withIds(this.named(text)));
  }

  /** A text with the server's names. */
  named(text: string): string {
    const { names } = this.#made;
    if (names.size === 0) return text;
    return text.replace(VALUE, (_, before: string, value: string) => `${before}${names.get(value) ?? value}`);
  }

  /** The sender of a recorded text, as the server knows it: '' for the server itself. */
  recordedSender(text: string): string {
    const id = this.sender(text);
    return id === undefined ? '' : String(this.user(id));
  }

  /** The sender of a message that came. */
  senderOf(text: string): string {
    return String(this.sender(text) ?? '');
  }

  /** Whether a text answers such a request. */
  isReplyTo(verb: Verb, text: string): boolean {
    const document = readDocument(text);
    return document !== undefined && this.#speech.numberOf(document) === this.#speech.replyTo(verb);
  }

  /** The user who is logged in by this reply; undefined when it is another one. */
  loggedIn(text: string): number | undefined {
    const document = readDocument(text);
    if (document === undefined || !this.#words.isLoggedIn(text)) return undefined;
    return this.#speech.readLogin(document).id;
  }

  /** The id of the account that this reply says is registered. */
  registered(text: string): number | undefined {
    return this.#words.registered(text);
  }

  /** Whether what came is what was recorded; the ids that it brings are learned. */
  isLike(recorded: string, got: string): boolean {
    this.learn(recorded, got);
    return this.areAlike(this.likeness(this.named(recorded)), this.likeness(got));
  }

  /** A text without what may differ. */
  likeness(text: string): Likeness {
    return this.#likenesses.of(text);
  }

  /** Whether the second text is the first one, but for ids that stand for each other. */
  areAlike(wanted: Likeness, found: Likeness): boolean {
    return (
      wanted.text === found.text &&
      wanted.ids.every((id, at) => this.#stands(id, found.ids[at]?.value ?? Number.NaN))
    );
  }

  /** A recorded document as the server should say it, for the eye. */
  shown(recorded: string): string {
    const { users, groups } = this.#made;
    return this.#likenesses.withIds(this.named(recorded), ({ name, value }) =>
      this.#groupNames.has(name)
        ? (groups.get(value) ?? value)
        : (users.get(value) ?? groups.get(value) ?? value),
    );
  }

  /** The substitute for an id that was not learned. */
  #unknown(id: number): number {
    return this.#sameRows ? id : nobody(id);
  }

  /** The id of the group that this answer says is made, where the client has asked for an answer. */
  #madeGroup(text: string): number | undefined {
    const document = readDocument(text);
    if (document === undefined || this.#speech.numberOf(document) !== this.#speech.replyTo('groupCreated'))
      return undefined;
    const id = numberOf(this.#speech.field(document, 'groupCreated', 'ok', 'groupid'));
    return Number.isSafeInteger(id) ? id : undefined;
  }

  /** The id of a user of the recording, as the server knows it. */
  user(id: number): number {
    return this.#made.users.get(id) ?? this.#unknown(id);
  }

  /** The id of the sender of a message, as it stands there; undefined for what is none. */
  sender(text: string): number | undefined {
    const document = readDocument(text);
    return document && this.#speech.readChat(document)?.from.id;
  }

  /** Learns the ids that two replies to the same request bring. */
  learn(recorded: string, got: string): void {
    const { users, groups } = this.#made;
    const [id, newId] = [this.#words.registered(recorded), this.#words.registered(got)];
    if (id !== undefined && newId !== undefined) users.set(id, newId);
    const [group, newGroup] = [this.#madeGroup(recorded), this.#madeGroup(got)];
    if (group !== undefined && newGroup !== undefined) groups.set(group, newGroup);
    if (!this.#words.isLoggedIn(recorded)) return;
    const found = this.#words.groups(got);
    for (const group of this.#words.groups(this.named(recorded))) {
      const same = found.find(({ name }) => name === group.name);
      if (same !== undefined && !groups.has(group.id)) groups.set(group.id, same.id);
    }
  }

  /**
   * Whether an id stands for a recorded one. A group's that was never seen is learned. Texts of users stay as they
   * are.
   */
  #stands({ name, value, isInString }: Id, found: number): boolean {
    if (isInString && found === value) return true;
    const { users, groups } = this.#made;
    if (!this.#groupNames.has(name)) {
      const known = [users.get(value), groups.get(value)].filter((id) => id !== undefined);
      return known.length > 0 ? known.includes(found) : found === value || found === this.#unknown(value);
    }
    const group = groups.get(value);
    if (group === undefined && this.#sameRows) return found === value;
    if (group === undefined && found !== nobody(value)) groups.set(value, found);
    return group === undefined || group === found;
  }

  #withIds(text: string): string {
    const asked = askedIn(text, this.#dialect);
    if (asked === undefined) return text;
    const { ints } = asked.request.fields;
    const { users, groups } = this.#made;
    const maps = new Map<string, ReadonlyMap<number, number>>();
    for (const field of OF_USERS) for (const name of ints[field].names) maps.set(name, users);
    for (const name of ints.groupid.names) maps.set(name, groups);
    // Not what stands in strings: what users write to each other is theirs.
    return text.replace(
      /(?<!\\)"([^"\\]+)"(\s*:\s*"?)(\d+)(?![\d.eE])/g,
      (all, name: string, between: string, digits: string) => {
        const [map, id] = [maps.get(name), Number(digits)];
        if (map === undefined || id < 1 || id > 0x7fffffff) return all;
        return `"${name}"${between}${map.get(id) ?? this.#unknown(id)}`;
      },
    );
  }
}
