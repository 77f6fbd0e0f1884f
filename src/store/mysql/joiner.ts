import { isAscii } from '../split.js';
import { textOf } from './text.js';

/**
 * WORD JOINER: three bytes, and nothing to be seen. In the right place the bytes of a name pair up as GBK, which
 * those of one, three or five Chinese characters do not by themselves (PROTOCOL.md section 7, DIFFERENCES 20).
 */
const JOINER = '\u2060';
const JOINER_BYTES = Buffer.from(JOINER);

/** The most joiners that a name gets. */
const MOST = 3;

/** Longer texts, in bytes, fit no column of the original: the longest has 200 characters, which GBK has in two bytes each. */
const LONGEST = 400;

/** A byte that is neither a lead of a pair nor a character by itself. */
const NO_LEADS = [0x80, 0xff];

/** The number of values of a byte. */
const BYTES = 256;

/** A lead byte that waits for its trail, or 0. */
type Open = number;

const GBK = new TextDecoder('gbk');
const SEGMENTER = new Intl.Segmenter('und', { granularity: 'grapheme' });

/** Between two of these a character ends: neither marks nor parts of syllables, which go with what is beside them. */
const BETWEEN = between(
  '\\x20-\\x7e\\u00c0-\\u024f\\u3041-\\u3096\\u30a1-\\u30fa\\u3400-\\u4dbf\\u4e00-\\u9fff',
);

/** For each two bytes, whether they are a pair: 0 is not known yet. */
const pairs = new Uint8Array(BYTES * BYTES);
const [PAIR, NO_PAIR] = [1, 2];

/**
 * The form in which a name can be stored over a gbk connection: without joiners if it can be, else with as few as
 * do it, as far back as they do it, so that a name has one form only. The name itself where nothing does it.
 */
export function joined(name: string): string {
  const base = name.replaceAll(JOINER, '');
  if (isAscii(base)) return base;
  const bytes = Buffer.from(base);
  if (bytes.length > LONGEST) return name;
  if (after(0, bytes) === 0) return base;
  const parts = charactersOf(base).map((character) => Buffer.from(character));
  for (let joiners = 1; joiners <= MOST; joiners++) {
    const form = place(parts, joiners);
    if (form !== undefined) return Buffer.concat(form).toString();
  }
  return name;
}

/** The name that bytes of a column mean, without the joiners that `joined` has put there. */
export function nameOf(bytes: unknown): string {
  const name = textOf(bytes);
  if (!name.includes(JOINER)) return name;
  const base = name.replaceAll(JOINER, '');
  return after(0, Buffer.from(base)) === 0 ? name : base;
}

/** The characters of a text as its readers count them. Intl.Segmenter takes over a microsecond for each: most need it not. */
export function charactersOf(text: string): string[] {
  return text
    .split(BETWEEN)
    .flatMap((part) => (part.length < 2 ? part : [...SEGMENTER.segment(part)].map(({ segment }) => segment)));
}

function between(characters: string): RegExp {
  return new RegExp(`(?<=[${characters}])(?=[${characters}])`, 'u');
}

/** The parts with so many joiners between them, before or behind, or undefined when they do not pair up so. */
function place(parts: readonly Buffer[], joiners: number): Buffer[] | undefined {
  const failed = new Set<number>();
  const form: Buffer[] = [];
  const search = (at: number, open: Open, left: number): boolean => {
    if (at === parts.length && left === 0) return open === 0;
    const key = (at * (MOST + 1) + left) * BYTES + open;
    if (failed.has(key)) return false;
    if (step(parts[at], at + 1, open, left) || (left > 0 && step(JOINER_BYTES, at, open, left - 1)))
      return true;
    failed.add(key);
    return false;
  };
  const step = (bytes: Buffer | undefined, at: number, open: Open, left: number): boolean => {
    const next = bytes === undefined ? undefined : after(open, bytes);
    if (bytes === undefined || next === undefined) return false;
    form.push(bytes);
    if (search(at, next, left)) return true;
    form.pop();
    return false;
  };
  return search(0, 0, joiners) ? form : undefined;
}

/**
 * The state behind the UTF-8 of a text: the byte that still waits for its pair; undefined when the text does not pair
 * up.
 */
function after(open: Open, bytes: Buffer): Open | undefined {
  let lead = open;
  for (const byte of bytes) {
    if (lead !== 0) {
      if (!isPair(lead, byte)) return undefined;
      lead = 0;
    } else if (byte >= 0x80) {
      if (NO_LEADS.includes(byte)) return undefined;
      lead = byte;
    }
  }
  return lead;
}

/** MySQL has no character for what WHATWG gives private ones; all others are the same. */
function isPair(lead: number, trail: number): boolean {
  const key = lead * BYTES + trail;
  pairs[key] ||= /^[^\ufffd\ue000-\uf8ff]$/.test(GBK.decode(Buffer.of(lead, trail))) ? PAIR : NO_PAIR;
  return pairs[key] === PAIR;
}
