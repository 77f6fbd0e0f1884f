/** Characters that change the direction of what follows, or that nobody sees: they could make a text look like another. */
const HIDDEN =
  // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is looked for
  /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u00ad\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb]/g;

/** A text that others wrote, with a sign in place of each character that would not be seen as itself. */
export function harmless(text: string): string {
  return text.replace(HIDDEN, (character) =>
    character < '\u0020' ? String.fromCharCode(0x2400 + character.charCodeAt(0)) : '\u2423',
  );
}

/** The same for what stands in one line. */
export function harmlessLine(text: string, most = 200): string {
  const line = harmless(text.slice(0, most + 1).replace(/\s+/g, ' '));
  return line.length > most ? `${line.slice(0, most)}…` : line;
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

/** A full stop or bracket behind an address belongs to the sentence. */
function withoutEnd(address: string): string {
  const trimmed = address.replace(/[.,;:!?]+$/, '');
  const isOpen = trimmed.endsWith(')') && !trimmed.includes('(');
  return isOpen ? trimmed.slice(0, -1) : trimmed;
}

/** Local time as messages carry it, `YYYY-MM-DD HH:MM:SS`. */
export function timestamp(now: Date): string {
  const local = new Date(now.getTime() - now.getTimezoneOffset() * 60_000);
  return local.toISOString().slice(0, 19).replace('T', ' ');
}

const GBK_LEAD = (byte: number) => byte >= 0x81 && byte <= 0xfe;
const GBK_TRAIL = (byte: number) => byte >= 0x40 && byte <= 0xfe && byte !== 0x7f;

/**
 * The first character of a name that a database cannot hold which takes UTF-8 bytes for GBK, as the original's does;
 * undefined where it holds all of them.
 */
export function unstorable(name: string): string | undefined {
  const gbk = new TextDecoder('gbk', { fatal: true });
  const isPair = (lead: number, trail: number) => {
    if (!GBK_LEAD(lead) || !GBK_TRAIL(trail)) return false;
    try {
      return gbk.decode(new Uint8Array([lead, trail])).length === 1;
    } catch {
      return false;
    }
  };
  /** Whether bytes pair up from `at` on; the last one may be a lead. */
  const pairs = (bytes: Uint8Array, at: number) => {
    for (let n = at; n + 1 < bytes.length; n += 2)
      if (!isPair(bytes[n] ?? 0, bytes[n + 1] ?? 0)) return false;
    return true;
  };
  return [...name].find((character) => {
    const bytes = new TextEncoder().encode(character);
    return bytes.length > 1 && !pairs(bytes, 0) && !pairs(bytes, 1);
  });
}

/** A message that was written so long before it came was stored meanwhile, in ms; clocks differ by less. */
const OLD = 120_000;

/** When a message was written, in ms since 1970, by its sender's clock; undefined for what is no time. */
export function timeOf(time: string): number | undefined {
  const at = /^\d{4}-\d\d-\d\d[ T]\d\d:\d\d(:\d\d)?$/.test(time)
    ? Date.parse(time.replace(' ', 'T'))
    : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** Whether a message was on its way for so long that it must have been stored. */
export function isOld(time: string, now: number): boolean {
  const at = timeOf(time);
  return at !== undefined && now - at > OLD;
}
