import { chat, FIRST_USER } from '../load/message.js';

/** The message of the load generator, with its NUL. */
export const FRAME = chat(FIRST_USER, FIRST_USER + 1);
/** The same without its NUL. */
export const DOCUMENT = FRAME.subarray(0, -1);
/** The same in another order and with white space: it has to be parsed and dumped. */
export const UNSORTED = Buffer.from(
  JSON.stringify(Object.fromEntries(Object.entries(JSON.parse(DOCUMENT.toString())).reverse()), null, 1),
);
export const PIPELINED = 16;
