import { clearScreenDown, createInterface, cursorTo, moveCursor } from 'node:readline';
import type { Readable, Writable } from 'node:stream';

/** The user's input has ended. */
export class EndOfInput extends Error {}

/** Where the user types and reads. */
export interface Terminal {
  /** Shows a text and ends its line. */
  print(text: string): void;

  /** Shows a prompt and resolves with the next line typed. Rejects with EndOfInput. */
  ask(prompt: string): Promise<string>;
}

/** A script on a pipe: lines in, screens out. */
export function pipe(input: Readable, output: Writable): Terminal {
  const lines = linesOf(input);
  return {
    print: (text) => output.write(`${text}\n`),
    ask: (prompt) => {
      output.write(prompt);
      return next(lines);
    },
  };
}

/** A person at a keyboard: what is being typed stays whole when a message arrives. */
export function keyboard(input: Readable, output: Writable): Terminal {
  const readline = createInterface({ input, output, terminal: true });
  const lines = readline[Symbol.asyncIterator]();
  let asking = false;
  return {
    print: (text) => {
      if (asking) {
        moveCursor(output, 0, -readline.getCursorPos().rows);
        cursorTo(output, 0);
        clearScreenDown(output);
      }
      output.write(`${text}\n`);
      if (asking) readline.prompt(true);
    },
    ask: async (prompt) => {
      readline.setPrompt(prompt);
      readline.prompt();
      asking = true;
      const line = await next(lines);
      asking = false;
      return line;
    },
  };
}

async function next(lines: AsyncIterator<string>): Promise<string> {
  const { done, value } = await lines.next();
  if (done) throw new EndOfInput();
  return value;
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
