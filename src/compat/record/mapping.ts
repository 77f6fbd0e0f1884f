import type { Spoken } from '../../client/core/dialect.js';
import { readDocument } from '../../client/core/document.js';
import { Speech } from '../../client/core/speech.js';
import type { Dialect } from '../../protocol/dialect.js';
import type { IntField } from '../../protocol/fields.js';
import type { Verb } from '../../protocol/verbs.js';
import { nobody } from '../ids.js';
import type { Made } from '../replay/accounts.js';
import { withDocuments } from '../spans.js';
import { Words } from '../words-of.js';
import { type Id, Likenesses } from './likeness.js';
import { askedIn } from './requests.js';

/** A value that is a string, in a document or in a document in a string; one with quotes or escapes in it is passed over. */
const VALUE = /(:\s*\\*")([^"\\]+)(?=\\*")/g;

const OF_USERS = ['id', 'toid', 'friendid'] as const satisfies IntField[];

/** The ids and names of a recording, and those of the server that stand for them. Ids are learned as the server gives them out. */
export class Mapping {
  readonly #dialect: Dialect;
  readonly #made: Pick<Made, 'users' | 'groups' | 'names'>;
  readonly #words: Words;
  readonly #speech: Speech;
  readonly #groupNames: ReadonlySet<string>;
  readonly #likenesses: Likenesses;

  constructor(dialect: Dialect, made: Pick<Made, 'users' | 'groups' | 'names'>) {
    this.#dialect = dialect;
    this.#made = made;
    this.#words = new Words(dialect);
    this.#speech = new Speech(dialect.spoken as Spoken);
    this.#likenesses = new Likenesses(dialect);
    this.#groupNames = new Set(
      [...dialect.requests.values()].flatMap(({ fields }) => fields.ints.groupid.names),
    );
  }

  /** What a client says, with the server's ids and names. */
  asked(bytes: Buffer): Buffer {
    return withDocuments(bytes, this.#dialect.framing.in, (text) => this.#withIds(this.named(text)));
  }

  /** A text with the server's names. */
  named(text: string): string {
    const { names } = this.#made;
    return text.replace(VALUE, (_, before: string, value: string) => `${before}${names.get(value) ?? value}`);
  }

  /** Whose message a recorded text is, as the server knows them: '' for what the server says itself. */
  recordedSender(text: string): string {
    const id = this.#sender(text);
    return id === undefined ? '' : String(this.#made.users.get(id) ?? nobody(id));
  }

  /** Whose message it is that came. */
  senderOf(text: string): string {
    return String(this.#sender(text) ?? '');
  }

  /** Whether a text answers such a request. */
  isReplyTo(verb: Verb, text: string): boolean {
    const document = readDocument(text);
    return document !== undefined && this.#speech.numberOf(document) === this.#speech.replyTo(verb);
  }

  /** Who is logged in by this reply; undefined when it is another one. */
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
    this.#learn(recorded, got);
    const [wanted, found] = [this.#likenesses.of(this.named(recorded)), this.#likenesses.of(got)];
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

  #sender(text: string): number | undefined {
    const document = readDocument(text);
    return document && this.#speech.readChat(document)?.from.id;
  }

  #learn(recorded: string, got: string): void {
    const { users, groups } = this.#made;
    const [id, newId] = [this.#words.registered(recorded), this.#words.registered(got)];
    if (id !== undefined && newId !== undefined) users.set(id, newId);
    if (!this.#words.isLoggedIn(recorded)) return;
    const found = this.#words.groups(got);
    for (const group of this.#words.groups(this.named(recorded))) {
      const same = found.find(({ name }) => name === group.name);
      if (same !== undefined && !groups.has(group.id)) groups.set(group.id, same.id);
    }
  }

  /** Whether an id stands for a recorded one. A group's that was never seen is learned. What users wrote stays as it is. */
  #stands({ name, value, isInString }: Id, found: number): boolean {
    if (isInString && found === value) return true;
    const { users, groups } = this.#made;
    if (!this.#groupNames.has(name)) {
      const known = [users.get(value), groups.get(value)].filter((id) => id !== undefined);
      return known.length > 0 ? known.includes(found) : found === value || found === nobody(value);
    }
    const group = groups.get(value);
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
        return `"${name}"${between}${map.get(id) ?? nobody(id)}`;
      },
    );
  }
}
