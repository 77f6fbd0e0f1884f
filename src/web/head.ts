/** The end of a request's head: an empty line. */
const END = /\n\r?\n/;
/** The first line of a request, and what of it may be there. */
const LINE = /^[A-Z]+ [^\n]* HTTP\/1\.[01]\r?\n/;
const BEGUN = /^[A-Z]*(?: [^\n]*)?$/;

/**
 * Whether these first bytes of a connection are all of a request's head; true also when they are none, or too many: Node
 * says what is wrong with them.
 *
 * @param most the most bytes that a head may have
 */
export function isWholeHead(bytes: Buffer, most: number): boolean {
  if (bytes.length > most) return true;
  const text = bytes.toString('latin1');
  return END.test(text) || !(LINE.test(text) || BEGUN.test(text));
}
