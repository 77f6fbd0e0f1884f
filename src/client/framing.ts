import type { Spoken } from './core/dialect.js';
import { documentStream, Held, TooLong } from './stream.js';

/** Bytes of the length that stands before a document in dialects that frame so. */
const PREFIX = 4;

/** The bytes of a document (PROTOCOL.md section 2). */
export function framed(text: string, { framing }: Spoken): string | Buffer {
  if (framing?.in === 'lf') return `${text}\n`;
  if (framing?.in !== 'length') return `${text}\0`;
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(PREFIX);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** Cuts the server's stream into the texts of documents, of which none is longer than `most` bytes. */
export function cutterOf({ framing }: Spoken, most: number): (chunk: Buffer) => string[] {
  return framing?.out === 'length' ? lengthStream(most) : documentStream(most);
}

/** The same where each document stands behind its length. The function that it returns throws TooLong. */
export function lengthStream(most: number, held = new Held()): (chunk: Buffer) => string[] {
  let wanted = PREFIX;
  return (chunk) => {
    held.add(chunk);
    if (held.length < wanted) return [];
    const { bytes } = held;
    const texts: string[] = [];
    let at = 0;
    for (;;) {
      const left = bytes.length - at;
      const length = left < PREFIX ? 0 : bytes.readUInt32BE(at);
      if (length > most) throw new TooLong(`a document of more than ${most} bytes`);
      wanted = PREFIX + length;
      if (left < wanted) break;
      texts.push(bytes.toString('utf8', at + PREFIX, at + wanted));
      at += wanted;
    }
    held.drop(at);
    return texts;
  };
}
