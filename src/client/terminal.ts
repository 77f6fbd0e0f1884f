import type { Readable, Writable } from 'node:stream';
import { ORIGINAL } from './languages.js';
import type { Words } from './words.js';

/** The user's input has ended. */
export class EndOfInput extends Error {}

/** The kinds of text: a screen of the original, a message that comes, one that waited, a sent one, a remark. */
export type Look = 'screen' | 'message' | 'stored' | 'sent' | 'note';

/** The kinds of question. Only commands come back with arrow-up, and a secret is never shown. */
export type Question = 'choice' | 'command' | 'secret';

/** Where the user types and reads. */
export interface Terminal {
  /** Whether a person sits there; a script gets the original's screens to the byte. */
  readonly person: boolean;

  /** The client's words, in the language of the person. */
  readonly words: Words;

  /** Shows a text and ends its line. */
  print(text: string, look?: Look): void;

  /**
   * Keeps a text that was typed for another question: it stands at the next command, behind texts that were kept
   * before.
   */
  keep(typed: string): void;

  /** Shows a prompt and resolves with the next line typed. Rejects with EndOfInput, or the signal's reason. */
  ask(prompt: string, kind: Question, signal: AbortSignal): Promise<string>;
}

/** A script on a pipe: lines in, screens out. */
export function pipe(input: Readable, output: Writable): Terminal {
  const lines = linesOf(input);
  return {
    person: false,
    words: ORIGINAL,
    print: (text) => output.write(`${text}\n`),
    // Lines of a script are answers in their order, and it has nobody who could change them.
    keep: () => {},
    ask: async (prompt, _kind, signal) => {
      signal.throwIfAborted();
      output.write(prompt);
      const { done, value } = await orAborted(lines.next(), signal);
      if (done) throw new EndOfInput();
      return value;
    },
  };
}

/** `work`, but rejects with the signal's reason once it is aborted. */
async function orAborted<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  let abort = () => {};
  const aborted = new Promise<never>((_resolve, reject) => {
    abort = () => reject(signal.reason);
  });
  signal.addEventListener('abort', abort);
  try {
    return await Promise.race([work, aborted]);
  } finally {
    signal.removeEventListener('abort', abort);
  }
}

/** Lines of a stream. Not readline's: that one also cuts at U+2028, which a message may hold. */
async function* linesOf(input: Readable): AsyncGenerator<string, undefined> {
  let rest = '';
  for await (const chunk of input.setEncoding('utf8')) {
    const lines = (rest + chunk).split(/\r?\n/);
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
