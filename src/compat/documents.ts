import { documentStream } from '../client/stream.js';
import type { Framing } from '../protocol/dialect.js';

const PREFIX = 4;

/** Cuts what a server sends into the texts of its documents, whatever stands around them. */
export function documentsOf(framing: Framing, most: number): (bytes: Buffer) => string[] {
  return framing === 'length' ? behindLengths(most) : documentStream(most);
}

/** Documents behind their lengths. Throws when one is longer than `most` bytes. */
function behindLengths(most: number): (bytes: Buffer) => string[] {
  let held = Buffer.alloc(0);
  return (bytes) => {
    held = Buffer.concat([held, bytes]);
    const documents: string[] = [];
    while (held.length >= PREFIX) {
      const length = held.readUInt32BE();
      if (length > most) throw new RangeError(`a document of ${length} bytes is announced`);
      if (held.length < PREFIX + length) break;
      documents.push(held.toString('utf8', PREFIX, PREFIX + length));
      held = held.subarray(PREFIX + length);
    }
    return documents;
  };
}
