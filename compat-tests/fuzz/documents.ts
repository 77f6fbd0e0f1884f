import type { Document } from '../harness/user.js';
import type { Random } from './random.js';

const PIECES = [
  'a',
  'Zz ',
  ' 0',
  '"',
  '\\',
  '/',
  "'",
  '\n',
  '\t',
  '\u0001',
  '{',
  '}',
  '[,]',
  ':',
  '\u007f',
  'é',
  '张三',
  '你好吗',
  '😀',
  '\u2028',
  '%s',
  '\\u0041',
];

/** A text of any characters that JSON can carry. */
export function anyText(random: Random, pieces: number): string {
  return Array.from({ length: random.int(pieces + 1) }, () => random.pick(PIECES)).join('');
}

/** Fields that no server knows, to be kept as they are. */
export function anyFields(random: Random): Document {
  const values = [null, true, [], {}, [1, [2, {}]], { b: 1, a: [] }, 1.5, -7, 'x', 1e21, 4_294_967_296];
  const count = random.chance(0.7) ? 0 : random.int(4);
  return Object.fromEntries(Array.from({ length: count }, (_, n) => [`k${n}`, random.pick(values)]));
}

/** The document in one of the many ways to write it: any order, white space, escapes, forms of numbers. */
export function write(fields: Document, random: Random): string {
  if (random.chance(0.3)) return JSON.stringify(fields);
  const space = () => (random.chance(0.1) ? (random.pick([' ', '\t', '\r', '  ']) ?? '') : '');
  const members = random
    .shuffle(Object.entries(fields))
    .map(
      ([key, value]) =>
        `${space()}${escaped(key, random)}${space()}:${space()}${written(value, random)}${space()}`,
    );
  return `{${members.join(',') || space()}}`;
}

function written(value: unknown, random: Random): string {
  if (typeof value === 'string') return escaped(value, random);
  if (Number.isInteger(value) && value !== 0 && Math.abs(value as number) < 1e9 && random.chance(0.1))
    return random.pick([`${value}.0`, `${value}e0`, `${value}0E-1`]) ?? '';
  return JSON.stringify(value);
}

function escaped(text: string, random: Random): string {
  if (random.chance(0.8)) return JSON.stringify(text);
  const characters = [...text].map((character) =>
    random.chance(0.3) ? asUnits(character) : JSON.stringify(character).slice(1, -1),
  );
  return `"${characters.join('')}"`;
}

function asUnits(character: string): string {
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i));
  return units.map((unit) => `\\u${unit.toString(16).padStart(4, '0')}`).join('');
}
