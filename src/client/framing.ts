import type { Spoken } from './core/dialect.js';
import { documentStream, TooLong } from './stream.js';

/** Bytes of the length that stands before a document in dialects that frame so. */
const PREFIX = 4;

/** What is sent for a document (PROTOCOL.md section 2). */
export function framed(text: string, { framing }: Spoken): string | Buffer {
  if (framing?.in === 'lf') return `${text}\n`;
  if (framing?.in !== 'length') return `${text}\0`;
  const bytes = Buffer.from(text);
  const length = Buffer.alloc(PREFIX);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** What cuts the server's stream into the texts of documents, of which none is longer than `most` bytes. */
export function cutterOf({ framing }: Spoken, most: number): (chunk: Buffer) => string[] {
  return framing?.out === 'length' ? lengthStream(most) : documentStream(most);
}

/** The same where each document stands behind its length. The function that it returns throws TooLong. */
function lengthStream(most: number): (chunk: Buffer) => string[] {
  let held: Buffer[] = [];
  let size = 0;
  let wanted = PREFIX;
  return (chunk) => {
    held.push(chunk);
    size += chunk.length;
    if (size < wanted) return [];
    let bytes = Buffer.concat(held);
    const texts: string[] = [];
    for (;;) {
      const length = bytes.length < PREFIX ? 0 : bytes.readUInt32BE();
      if (length > most) throw new TooLong(`a document of more than ${most} bytes`);
      wanted = PREFIX + length;
      if (bytes.length < wanted) break;
      texts.push(bytes.toString('utf8', PREFIX, wanted));
      bytes = bytes.subarray(wanted);
    }
    held = [bytes];
    size = bytes.length;
    return texts;
  };
}
