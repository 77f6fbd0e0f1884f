import type { Readable } from 'node:stream';
import { wordsOf } from './languages.js';
import { dress, hasColours } from './looks.js';
import { EndOfInput, type Look, type Question, type Terminal } from './terminal.js';
import { Typing } from './typing.js';
import { CursorView, type Display, PlainView, reflows, type View } from './view.js';
import type { Words } from './words.js';

interface Asked {
  readonly prompt: string;
  readonly kind: Question;
  resolve(line: string): void;
  reject(reason: unknown): void;
}

/** A person at a keyboard: a line that is being typed stays whole when a message arrives. */
export class Keyboard implements Terminal {
  readonly person = true;
  readonly words: Words;
  readonly #typing: Typing;
  readonly #view: View;
  readonly #colours: boolean;
  /** Lines that were typed before they were asked for. */
  readonly #ahead: string[] = [];
  /** The text that was being typed when a question was given up, for the next command. */
  #draft = '';
  #asked: Asked | undefined;
  #ended = false;

  /** `env` tells of the terminal, as `process.env` does. */
  constructor(input: Readable, output: Display, env: NodeJS.ProcessEnv) {
    this.words = wordsOf(env);
    this.#colours = hasColours(env);
    this.#view = env.TERM === 'dumb' ? new PlainView(output) : new CursorView(output, reflows(env));
    output.on('resize', () => this.#draw());
    this.#typing = new Typing(input, {
      line: (line) => this.#answer(line),
      change: () => this.#draw(),
      lost: () => this.#view.forget(),
      wipe: () => this.#view.wipe(),
      end: () => this.#end(),
    });
  }

  print(text: string, look: Look = 'screen'): void {
    const unread = look === 'stored' ? this.words.unread : '';
    this.#view.print(dress(unread + text, look, this.#colours));
  }

  async ask(prompt: string, kind: Question, signal: AbortSignal): Promise<string> {
    signal.throwIfAborted();
    const giveUp = () => this.#giveUp(signal.reason);
    signal.addEventListener('abort', giveUp);
    const line = new Promise<string>((resolve, reject) => {
      this.#asked = { prompt, kind, resolve, reject };
    });
    const ahead = this.#ahead.shift();
    if (ahead !== undefined) this.#answer(ahead);
    else if (this.#ended) this.#end();
    else if (kind === 'command' && this.#draft !== '') this.#resume();
    else this.#draw();
    return line.finally(() => signal.removeEventListener('abort', giveUp));
  }

  /** Shows the question, and the text that is being typed. */
  #draw(): void {
    if (this.#asked === undefined || this.#ended) return;
    const { line, cursor } = this.#typing;
    this.#view.draw(visible(this.#asked, line), visible(this.#asked, line.slice(0, cursor)).length);
  }

  #answer(line: string): void {
    const asked = this.#asked;
    if (asked === undefined) {
      this.#ahead.push(line);
      return;
    }
    this.#close(asked, line);
    if (asked.kind === 'secret') this.#typing.forget();
    asked.resolve(line);
  }

  /** Leaves a question with its answer on the screen. */
  #close(asked: Asked, line: string): void {
    this.#asked = undefined;
    const shown = visible(asked, line);
    const look = asked.kind === 'command' ? 'sent' : 'screen';
    this.#view.leave(shown, dress(shown, look, this.#colours));
    if (asked.kind === 'command') this.#typing.remember(line);
  }

  keep(typed: string): void {
    this.#draft += typed;
  }

  /** The question is off, not so a command that was being typed: it stands at the next one. */
  #giveUp(reason: unknown): void {
    if (this.#asked === undefined) return;
    const { kind, reject } = this.#asked;
    const typed = this.#typing.clear();
    if (kind === 'command') this.keep(typed);
    this.#close(this.#asked, typed);
    reject(reason);
  }

  #resume(): void {
    const draft = this.#draft;
    this.#draft = '';
    this.#typing.type(draft);
    this.#draw();
  }

  #end(): void {
    this.#ended = true;
    if (this.#asked === undefined) return;
    const { reject } = this.#asked;
    this.#close(this.#asked, '');
    reject(new EndOfInput());
  }
}

/** A question with as much of its answer as may be seen. */
function visible({ prompt, kind }: Asked, answer: string): string {
  const mark = kind === 'command' ? '> ' : prompt;
  return kind === 'secret' ? mark : mark + answer.replace(/\p{Cc}/gu, ' ');
}
