import type { Listener } from '../../learn/listen.js';
import type { Side } from '../../learn/session.js';
import type { Dialect } from '../../protocol/dialect.js';
import { documentsOf } from '../documents.js';
import { Pieces } from '../pieces.js';
import type { WrittenRecording } from './recording.js';

type Step = WrittenRecording['steps'][number];
type Answered = Extract<Step, { do: 'send' | 'close' | 'reset' }>;

/** At most this long may a document of the server be, in bytes. */
const LONGEST = 1 << 24;
/** The most bytes of all that is said that are kept. */
const MOST = 1 << 26;

interface Connection {
  readonly cut: (bytes: Buffer) => string[];
  /** Keeps the beginning of a request whose end has not come. */
  readonly pieces: Pieces;
  /** The server has ended it, or it is not written down any more. */
  hasEnded: boolean;
  /** The client has ended it; a server may still answer what came before that. */
  end?: Answered;
}

/** Writes down as steps of a recording what clients say to a server, and what each of them gets. */
export class Recorder implements Listener {
  readonly steps: Step[] = [];
  /** The faults of the recording, in words. */
  readonly faults = new Set<string>();
  readonly #dialect: Dialect;
  readonly #connections = new Map<number, Connection>();
  #last: Answered | undefined;
  #kept = 0;

  constructor(dialect: Dialect) {
    this.#dialect = dialect;
  }

  opened(connection: number): void {
    const { framing } = this.#dialect;
    const cut = documentsOf(framing.out, LONGEST);
    this.#connections.set(connection, { cut, pieces: new Pieces(framing.in), hasEnded: false });
    this.steps.push({ do: 'connect', conn: called(connection), node: 0 });
  }

  heard(from: Side, connection: number, bytes: Buffer): void {
    const state = this.#connections.get(connection);
    if (state === undefined || state.hasEnded || !this.#fits(bytes.length)) return;
    if (from === 'client') this.#ask(connection, state, bytes);
    else this.#answer(connection, state, bytes);
  }

  ended(from: Side, connection: number, isReset: boolean): void {
    const state = this.#connections.get(connection);
    if (state === undefined || state.hasEnded || state.end !== undefined || !this.#fits(0)) return;
    const rest = state.pieces.rest();
    if (rest.length > 0) this.#send(connection, rest);
    if (from === 'server') {
      state.hasEnded = true;
      this.#note(connection, 'EOF');
      return;
    }
    const then: Answered['then'] = {};
    const end: Answered = { do: isReset ? 'reset' : 'close', conn: called(connection), then };
    state.end = end;
    this.#push(end);
  }

  #ask(connection: number, state: Connection, bytes: Buffer): void {
    const whole = state.pieces.push(bytes);
    if (whole.length > 0) this.#send(connection, whole);
  }

  #answer(connection: number, state: Connection, bytes: Buffer): void {
    try {
      for (const text of state.cut(bytes)) this.#note(connection, { text });
    } catch (error) {
      state.hasEnded = true;
      this.faults.add(`connection ${connection} is not in it from there on: ${(error as Error).message}`);
    }
  }

  #send(connection: number, bytes: Buffer): void {
    const then: Answered['then'] = {};
    this.#push({ do: 'send', conn: called(connection), bytes: spelled(bytes), then });
  }

  #push(step: Answered): void {
    this.#last = step;
    this.steps.push(step);
  }

  /** A document of the server belongs to the last request, whoever made it. */
  #note(connection: number, item: { readonly text: string } | 'EOF'): void {
    if (this.#last === undefined) this.#send(connection, Buffer.alloc(0));
    const { then } = this.#connections.get(connection)?.end ?? this.#last ?? {};
    if (then === undefined) return;
    const conn = called(connection);
    const items = then[conn] ?? [];
    if (items.length === 0) then[conn] = items;
    items.push(item);
  }

  #fits(more: number): boolean {
    this.#kept += more;
    if (this.#kept <= MOST) return true;
    this.faults.add(`it holds the first ${MOST} bytes only: make shorter ones`);
    return false;
  }
}

function called(connection: number): string {
  return `c${connection}`;
}

function spelled(bytes: Buffer): { text: string } | { hex: string } {
  const text = bytes.toString();
  return Buffer.from(text).equals(bytes) ? { text } : { hex: bytes.toString('hex') };
}
