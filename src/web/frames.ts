import type { ServerOptions } from 'ws';

/** A message comes in at most 8 frames, and one more for each 8 KiB of the longest message. */
const FRAMES = 8;
const BYTES_A_FRAME = 8192;

/** The same for the reads that an unfinished frame comes in: no network cuts it into smaller ones. */
const READS = 64;
const BYTES_A_READ = 256;

/**
 * The bounds of what WebSockets may bring.
 *
 * 1. One message, ping or pong of a connection is handled in a turn of the event loop: a read holds ten thousand pongs.
 * 2. Each frame of an unfinished message keeps the whole read that it came in, so there are few.
 * 3. Pings are answered by DocumentStream: only to who reads the answers.
 *
 * @param maxMessage the longest message, in bytes
 */
export function frameRules(maxMessage: number) {
  return {
    maxPayload: maxMessage,
    maxFragments: FRAMES + Math.ceil(maxMessage / BYTES_A_FRAME),
    maxBufferedChunks: READS + Math.ceil(maxMessage / BYTES_A_READ),
    allowSynchronousEvents: false,
    autoPong: false,
    perMessageDeflate: false,
    clientTracking: false,
  } satisfies ServerOptions;
}
