import type { Dialect } from '../../protocol/dialect.js';
import type { Verb } from '../../protocol/verbs.js';
import type { Fields } from '../wire.js';
import { framed, requestText, sentFraming } from '../wire.js';

/** The mark before the number in a message. No name that the tool gives has it. */
const MARK = 0x23;
const DIGITS = 8;
const SENDER_DIGITS = 4;

/** A message that only differs in its number: the bytes that are sent, and those that arrive. */
export interface Template {
  readonly bytes: Buffer;
  /** Where its number begins. */
  readonly numberAt: number;
  readonly arrives: Buffer;
}

/** Messages of several senders, all of one length, so that what arrives is counted without being read. */
export function templates(dialect: Dialect, verb: Verb, senders: readonly Fields[]): Template[] {
  const text = (fields: Fields, sender: number, padding: number) => {
    const number = `#${'0'.repeat(DIGITS)}@${String(sender).padStart(SENDER_DIGITS, '0')}`;
    return requestText(dialect, verb, {
      ...fields,
      msg: `${number} hello, are you there?${'.'.repeat(padding)}`,
    });
  };
  const longest = Math.max(...senders.map((fields, n) => Buffer.byteLength(text(fields, n, 0))));
  return senders.map((fields, n) => {
    const document = text(fields, n, longest - Buffer.byteLength(text(fields, n, 0)));
    const bytes = framed(sentFraming(dialect), Buffer.from(document));
    const { out } = dialect.framing;
    return { bytes, numberAt: bytes.indexOf(MARK) + 1, arrives: framed(out, Buffer.from(document)) };
  });
}

/** The same message with that number. */
export function numbered({ bytes, numberAt }: Template, number: number): Buffer {
  const copy = Buffer.from(bytes);
  copy.write(String(number).padStart(DIGITS, '0'), numberAt, 'latin1');
  return copy;
}

/** The number of a message that begins there, and who of the senders it is from. */
export function readNumber(bytes: Uint8Array, at: number): { number: number; sender: number } {
  const mark = bytes.indexOf(MARK, at);
  return {
    number: digits(bytes, mark + 1, DIGITS),
    sender: digits(bytes, mark + 2 + DIGITS, SENDER_DIGITS),
  };
}

/** Whether a message that begins there is this one, whatever its number is. */
export function isWhole({ arrives }: Template, bytes: Uint8Array, at: number): boolean {
  const from = arrives.indexOf(MARK) + 1;
  const to = from + DIGITS;
  return (
    arrives.compare(bytes, at, at + from, 0, from) === 0 &&
    arrives.compare(bytes, at + to, at + arrives.length, to) === 0
  );
}

function digits(bytes: Uint8Array, at: number, count: number): number {
  let value = 0;
  for (let i = at; i < at + count; i++) value = value * 10 + (bytes[i] ?? 0) - 0x30;
  return value;
}
