/** Ids of a recording, or of an input, and the ids of the server under test that stand for them. */
export interface Ids {
  readonly users: ReadonlyMap<number, number>;
  readonly groups: ReadonlyMap<number, number>;
}

/** An id that no account of a server is expected to have: what is sent to nobody must reach nobody. */
const NOBODY = 2_147_483_000;

/** The id that stands for one that nobody has. */
export function nobody(id: number): number {
  return NOBODY + (id % 600);
}

/** Beyond 32 bits: wraps to the id itself. */
const WRAP = 2 ** 32;

/** Begun in the middle of a run of backslashes, each would be tried for the quote behind the last. */
const MEMBER = /(?<!\\)(\\*)"(id|toid|friendid|groupid)\\*"(\s*:\s*)(-?\d+)(?![\deE])/g;

/**
 * A text of JSON, or of broken JSON, with the ids of the server in place of its own, also in strings that hold JSON.
 * Ids that stand for nobody become one that nobody has: a stranger's account must not be touched.
 */
export function withIds(text: string, { users, groups }: Ids): string {
  const user = (id: number) => users.get(id) ?? groups.get(id) ?? nobody(id);
  const group = (id: number) => groups.get(id) ?? nobody(id);
  return text.replace(MEMBER, (all, quote: string, name: string, between: string, digits: string) => {
    const id = Number(digits);
    if (!Number.isSafeInteger(id) || id < 1) return all;
    const [wraps, low] = [Math.floor(id / WRAP), id % WRAP];
    const mapped = name === 'groupid' ? group(low) : user(low);
    return `${quote}"${name}${quote}"${between}${wraps * WRAP + mapped}`;
  });
}
