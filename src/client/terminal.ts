import { clearScreenDown, createInterface, cursorTo, type Interface, moveCursor } from 'node:readline';
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
  const [leave, comeBack] = process.env.TERM === 'dumb' ? withoutCursor : withCursor;
  let asking = false;
  let closed = false;
  readline.once('close', () => {
    closed = true;
  });
  return {
    print: (text) => {
      if (asking) leave(readline, output);
      output.write(`${text}\n`);
      if (asking) comeBack(readline, output);
    },
    ask: async (prompt) => {
      // What was typed before the end of input is still to be had; a closed readline takes no prompt.
      if (!closed) {
        readline.setPrompt(prompt);
        readline.prompt();
        asking = true;
      }
      const line = await next(lines);
      asking = false;
      return line;
    },
  };
}

/** How a line that is being typed makes room for a text, and comes back below it. */
type Redraw = readonly [
  leave: (readline: Interface, output: Writable) => void,
  comeBack: (readline: Interface, output: Writable) => void,
];

const withCursor: Redraw = [
  (readline, output) => {
    moveCursor(output, 0, -readline.getCursorPos().rows);
    cursorTo(output, 0);
    clearScreenDown(output);
  },
  (readline) => readline.prompt(true),
];

/** On a terminal that cannot move its cursor what is being typed is written once more. */
const withoutCursor: Redraw = [
  (_readline, output) => output.write('\n'),
  (readline, output) => output.write(readline.getPrompt() + readline.line),
];

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
