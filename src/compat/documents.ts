import { lengthStream } from '../client/framing.js';
import { documentStream } from '../client/stream.js';
import type { Framing } from '../protocol/dialect.js';

/** Cuts what a server sends into the texts of its documents, whatever stands around them. Throws when one is longer than `most` bytes. */
export function documentsOf(framing: Framing, most: number): (bytes: Buffer) => string[] {
  return framing === 'length' ? lengthStream(most) : documentStream(most);
}
