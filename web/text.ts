/**
 * Characters that change the direction of what follows, or that nobody sees: they could make a text look like another.
 * What makes another sign of the one before it stays where it does: a flag, an emoji in colour, a form of a Chinese sign.
 */
const HIDDEN =
  /\u{1f3f4}[\u{e0020}-\u{e007e}]+\u{e007f}|[\p{Ideographic}\p{Emoji}]\p{Variation_Selector}|(?!\t|\n|\u200c|\u200d)[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/gu;

/** A text that others wrote, with a sign in place of each character that would not be seen as itself. */
export function harmless(text: string): string {
  return text.replace(HIDDEN, (found) => {
    if (!/^[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u.test(found)) return found;
    return found < '\u0020' ? String.fromCharCode(0x2400 + found.charCodeAt(0)) : '\u2423';
  });
}

/** The same for what stands in one line. */
export function harmlessLine(text: string, most = 200): string {
  const line = harmless(text.slice(0, most + 1).replace(/\s+/g, ' '));
  return line.length > most ? `${line.slice(0, most)}…` : line;
}

/** A number as a person types it: digits of the width of Chinese keyboards are ordinary ones. */
export function digits(typed: string): string {
  return typed.normalize('NFKC').trim();
}

/** A part of a text: plain, or an address that can be opened. */
export interface Part {
  readonly text: string;
  readonly href?: string;
}

const LINK = /https?:\/\/[^\s<>"'`，。！？；：、）】》”’\u3000]+/gi;

/** Cuts a text into plain parts and links. Only http and https lead anywhere. */
export function partsOf(text: string): Part[] {
  const parts: Part[] = [];
  let at = 0;
  for (const { 0: found, index } of text.matchAll(LINK)) {
    const address = withoutEnd(found);
    if (!URL.canParse(address)) continue;
    if (index > at) parts.push({ text: text.slice(at, index) });
    parts.push({ text: address, href: new URL(address).href });
    at = index + address.length;
  }
  if (at < text.length) parts.push({ text: text.slice(at) });
  return parts;
}

const STOPS = '.,;:!?';

/** A full stop or bracket behind an address belongs to the sentence. */
function withoutEnd(address: string): string {
  let end = address.length;
  while (end > 0 && STOPS.includes(address.charAt(end - 1))) end--;
  const trimmed = address.slice(0, end);
  const isOpen = trimmed.endsWith(')') && !trimmed.includes('(');
  return isOpen ? trimmed.slice(0, -1) : trimmed;
}

/** Local time as messages carry it, `YYYY-MM-DD HH:MM:SS`. */
export function timestamp(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

const GBK = new TextDecoder('gbk');
/** WORD JOINER: the server puts at most this many into a name where they make its bytes pair up (DIFFERENCES 20). */
const JOINER = new TextEncoder().encode('\u2060');
const MOST_JOINERS = 3;

/** MySQL has no character for what browsers give private ones; all others are the same. */
function isPair(lead: number, trail: number): boolean {
  return /^[^\ufffd\ue000-\uf8ff]$/.test(GBK.decode(new Uint8Array([lead, trail])));
}

/** The lead that waits for its trail behind these bytes, 0 for none; undefined where they do not pair up. */
function after(open: number, bytes: Uint8Array): number | undefined {
  let lead = open;
  for (const byte of bytes) {
    if (lead !== 0) {
      if (!isPair(lead, byte)) return undefined;
      lead = 0;
    } else if (byte >= 0x80) {
      if (byte === 0x80 || byte === 0xff) return undefined;
      lead = byte;
    }
  }
  return lead;
}

/** Whether a database holds a name that takes UTF-8 bytes for GBK, as the original's does. */
function isStorable(name: string): boolean {
  /** The leads that may be open, by how many joiners were used. */
  let states = new Map<string, readonly [open: number, joiners: number]>([['0 0', [0, 0]]]);
  const put = (into: typeof states, open: number | undefined, joiners: number) => {
    if (open !== undefined && joiners <= MOST_JOINERS) into.set(`${open} ${joiners}`, [open, joiners]);
  };
  const joined = (from: typeof states) => {
    const all = new Map(from);
    for (const [open, joiners] of all.values()) put(all, after(open, JOINER), joiners + 1);
    return all;
  };
  for (const { segment } of new Intl.Segmenter('und').segment(name)) {
    const bytes = new TextEncoder().encode(segment);
    const next: typeof states = new Map();
    for (const [open, joiners] of joined(states).values()) put(next, after(open, bytes), joiners);
    states = next;
  }
  return [...joined(states).values()].some(([open]) => open === 0);
}

/**
 * The part of a name that keeps such a database from holding it: the character without which it would, or the whole
 * name; undefined where it holds it.
 */
export function unstorable(name: string): string | undefined {
  if (isStorable(name)) return undefined;
  const characters = [...name];
  return (
    characters.find((_, at) => isStorable(characters.filter((__, other) => other !== at).join(''))) ?? name
  );
}

/** A message that was written at least this long before it came was stored meanwhile, in ms; clocks differ by less. */
const OLD = 120_000;

/** When a message was written, in ms since 1970, by its sender's clock; undefined for what is no time. */
export function timeOf(time: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$/.test(time)
    ? Date.parse(time.replace(' ', 'T'))
    : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Whether a message was on its way for such a long time that it must have been stored. */
export function isOld(time: string, now: number): boolean {
  const at = timeOf(time);
  return at !== undefined && now - at > OLD;
}
