import { readdirSync, readFileSync } from 'node:fs';

/** Something that a client of a recording saw, or did. */
export type Event =
  | { readonly do: 'send' | 'receive'; readonly connection: number; readonly bytes: Buffer }
  | { readonly do: 'close'; readonly connection: number };

interface Line {
  readonly c: number;
  readonly from?: 'client' | 'server';
  readonly text?: string;
  readonly hex?: string;
  readonly closed?: 'client' | 'server';
}

const FOLDER = 'fixtures/dialects';

/** The names of all recordings: the fork, with `.zh` for its Chinese one. */
export function recordings(): string[] {
  return readdirSync(FOLDER)
    .filter((file) => file.endsWith('.jsonl'))
    .map((file) => file.replace(/\.jsonl$/, ''));
}

/** A recording's events, in order. */
export function readRecording(name: string): Event[] {
  const lines = readFileSync(`${FOLDER}/${name}.jsonl`, 'utf8').trim().split('\n');
  return lines.map((line) => JSON.parse(line) as Line).flatMap(event);
}

function event({ c: connection, from, text, hex, closed }: Line): Event[] {
  // The server closes when its client has.
  if (closed === 'server') return [];
  if (closed === 'client') return [{ do: 'close', connection }];
  const bytes = hex === undefined ? Buffer.from(text ?? '') : Buffer.from(hex, 'hex');
  return [{ do: from === 'client' ? 'send' : 'receive', connection, bytes }];
}
