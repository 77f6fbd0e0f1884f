import { isDeepStrictEqual } from 'node:util';
import { isDocument, readDocument } from '../../client/core/document.js';
import { itemOf } from '../../client/core/foreign.js';

/** How two documents differ at a place. */
export type How =
  /** The same JSON, written otherwise. */
  | 'spelling'
  | 'value'
  /** A list has the same items in another order, not all of them, each once, or more. */
  | 'order'
  | 'shorter'
  | 'distinct'
  | 'longer'
  /** One has a member that the other one has not. */
  | 'absent'
  | 'more';

/** Where two documents part first, and how. */
export interface Parting {
  /** Names of members from the outside in: `groups[].users[].state`; '' for the whole. */
  readonly where: string;
  readonly how: How;
}

/** Nothing nests deeper that both sides are read to. */
const DEEPEST = 8;

/** The most characters of a member's name, and of a place. */
const [LONGEST_NAME, LONGEST_PLACE] = [40, 120];

/** Where the second text parts from the first one, which it is not the same as. */
export function partingOf(first: string, second: string): Parting {
  const [one, other] = [readDocument(first), readDocument(second)];
  if (one === undefined || other === undefined) return { where: '', how: 'value' };
  return part(one, other, '', 0) ?? { where: '', how: 'spelling' };
}

function part(one: unknown, other: unknown, where: string, depth: number): Parting | undefined {
  if (isDeepStrictEqual(one, other)) return undefined;
  const place = where.slice(0, LONGEST_PLACE);
  if (depth > DEEPEST) return { where: place, how: 'value' };
  if (Array.isArray(one) && Array.isArray(other)) return partOfLists(one, other, place, depth);
  // Documents stand in strings in the lists of the original.
  const [first, second] = [itemOf(one), itemOf(other)];
  if (!isDocument(first) || !isDocument(second)) return { where: place, how: 'value' };
  for (const key of Object.keys(first))
    if (!Object.hasOwn(second, key)) return { where: inside(place, key), how: 'absent' };
  for (const key of Object.keys(second))
    if (!Object.hasOwn(first, key)) return { where: inside(place, key), how: 'more' };
  for (const key of Object.keys(first)) {
    const found = part(first[key], second[key], inside(place, key), depth + 1);
    if (found !== undefined) return found;
  }
  return { where: place, how: 'spelling' };
}

function partOfLists(
  one: readonly unknown[],
  other: readonly unknown[],
  where: string,
  depth: number,
): Parting {
  const [first, second] = [one, other].map((list) => list.map((item) => JSON.stringify(item)));
  if (first === undefined || second === undefined) return { where, how: 'value' };
  const [firstSet, secondSet] = [new Set(first), new Set(second)];
  if (isDeepStrictEqual([...first].sort(), [...second].sort())) return { where, how: 'order' };
  if (firstSet.size < first.length && isDeepStrictEqual([...firstSet], second))
    return { where, how: 'distinct' };
  if (second.length < first.length && second.every((item) => firstSet.has(item)))
    return { where, how: 'shorter' };
  if (second.length > first.length && first.every((item) => secondSet.has(item)))
    return { where, how: 'longer' };
  for (const [at, item] of one.entries()) {
    const found = at < other.length ? part(item, other[at], `${where}[]`, depth + 1) : undefined;
    if (found !== undefined) return found;
  }
  return { where, how: second.length < first.length ? 'shorter' : 'longer' };
}

function inside(where: string, key: string): string {
  return `${where}${where === '' ? '' : '.'}${key.slice(0, LONGEST_NAME)}`;
}
