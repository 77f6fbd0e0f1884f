import { printable } from '../../text/printable.js';
import type { Case } from '../case.js';
import { groupOf } from '../cases/all.js';
import type { Farewell } from '../finding.js';
import type { Listener, Result } from '../runner.js';
import { type Language, VERDICT_WORDS, WORDS, wayOf } from './words.js';

/** The most of what came that is shown, in characters. */
const MOST = 300;

/** Standard error, mostly. */
interface Out {
  readonly isTTY?: boolean;
  write(text: string): unknown;
}

/** Tells a person what happens: which case runs on a terminal, and a line for each that is not fine. */
export class Progress implements Listener {
  readonly #language: Language;
  readonly #out: Out;
  readonly #since = performance.now();
  #group = '';

  constructor(language: Language, out: Out) {
    this.#language = language;
    this.#out = out;
  }

  begins(next: Case, at: number, of: number): void {
    if (this.#out.isTTY) {
      const left = at === 0 ? '' : this.#left(at, of);
      this.#out.write(`\r\x1b[K${at + 1}/${of} ${next.id}${left}`);
      return;
    }
    if (groupOf(next) === this.#group) return;
    this.#group = groupOf(next);
    this.#out.write(`${at + 1}/${of} ${this.#group}\n`);
  }

  ends({ id, finding }: Result): void {
    if (finding.verdict !== 'wrong' && finding.verdict !== 'ended') return;
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
    const { shows, wanted, got, farewell } = finding.fault;
    const lines = [`${VERDICT_WORDS[finding.verdict][this.#language]}: ${id}: ${shows[this.#language]}`];
    if (wanted !== undefined) lines.push(`  ${WORDS.wanted[this.#language]} ${this.#text(wanted)}`);
    if (got !== undefined) lines.push(`  ${WORDS.got[this.#language]} ${this.#text(got)}`);
    if (farewell !== undefined) lines.push(`  ${this.#end(farewell)}`);
    this.#out.write(`${lines.join('\n')}\n`);
  }

  /** Nothing more runs. */
  done(): void {
    if (this.#out.isTTY) this.#out.write('\r\x1b[K');
  }

  #text(text: string): string {
    return text === '' ? WORDS.nothing[this.#language] : printable(text, MOST);
  }

  /** How the server went, with the last line that it wrote. */
  #end(farewell: Farewell): string {
    const last = farewell.said.split('\n').at(-1) ?? '';
    const words = last === '' ? '' : `: ${printable(last, MOST)}`;
    return `${wayOf(farewell)[this.#language]}${words}`;
  }

  #left(at: number, of: number): string {
    const seconds = ((performance.now() - this.#since) / 1000 / at) * (of - at);
    return ` (${Math.ceil(seconds)} ${WORDS.seconds[this.#language]} ${WORDS.left[this.#language]})`;
  }
}
