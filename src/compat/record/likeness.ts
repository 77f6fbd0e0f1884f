import type { Dialect } from '../../protocol/dialect.js';

/** An id that no server has by chance: where a reply has it tells what ids are called. */
const MARK = 1_234_567_891;

const TIME = /\d{4}-\d\d-\d\d \d\d:\d\d:\d\d/g;

/** One id in a document. */
export interface Id {
  /** The name of the member. */
  readonly name: string;
  readonly value: number;
  /** It stands in a string: in a document in a list, or in a text that somebody wrote. */
  readonly isInString: boolean;
}

/** A document without what may differ from one server to the next. */
export interface Likeness {
  /** The text with every id as `#`, and every time as `<time>`. */
  readonly text: string;
  readonly ids: readonly Id[];
}

/** Looks at documents of a dialect, in whose strings documents may stand, too. */
export class Likenesses {
  readonly #member: RegExp;

  constructor(dialect: Dialect) {
    const names = idNames(dialect).map((name) => name.replace(/[^\w]/g, '\\$&'));
    // Begun in the middle of a run of backslashes, each would be tried for the quote behind the last.
    this.#member = new RegExp(
      `(?<!\\\\)((\\\\*)"(${names.join('|')})\\2"\\s*:\\s*(?:\\2")?)(-?\\d+)(?![\\d.eE])`,
      'g',
    );
  }

  /** Takes the parts that may differ out of a text. */
  of(text: string): Likeness {
    const ids: Id[] = [];
    const without = this.withIds(text, (id) => {
      ids.push(id);
      return '#';
    });
    return { text: withoutTimes(without), ids };
  }

  /** A text with something else for each of its ids. */
  withIds(text: string, change: (id: Id) => number | string): string {
    return text.replace(
      this.#member,
      (_, before: string, escapes: string, name: string, digits: string) =>
        `${before}${change({ name, value: Number(digits), isInString: escapes !== '' })}`,
    );
  }
}

/** A text with `<time>` for each time that a server has written. */
export function withoutTimes(text: string): string {
  return text.replace(TIME, '<time>');
}

/** The names of ids in requests and replies of a dialect. */
function idNames(dialect: Dialect): string[] {
  const asked = [...dialect.requests.values()].flatMap(({ fields: { ints } }) =>
    [ints.id, ints.toid, ints.friendid, ints.groupid].flatMap(({ names }) => names),
  );
  return [...new Set([...asked, ...namesIn(dialect)])];
}

function namesIn({ replies }: Dialect): string[] {
  const person = { id: MARK, name: '', state: 'online' as const };
  const group = { id: MARK, groupname: '', groupdesc: '', users: [{ ...person, role: 'normal' }] };
  const values = { id: MARK, name: '', groupid: MARK, friends: [person], groups: [group] };
  const written = (['register', 'login', 'groupCreated'] as const).map((reply) =>
    String(replies.write(reply, 'ok', values) ?? ''),
  );
  const member = new RegExp(`"([^"\\\\]+)\\\\*"\\s*:\\s*\\\\*"?${MARK}`, 'g');
  return [...written.join().matchAll(member)].map(([, name = '']) => name);
}
