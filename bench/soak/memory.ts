import { readFileSync } from 'node:fs';

/** The memory of a process as the kernel sees it, in bytes. */
export interface Memory {
  readonly rss: number;
  /** The memory that is no file's: V8's heap, buffers, stacks, and malloc's. */
  readonly anonymous: number;
  /** The part of it that malloc got by brk. */
  readonly malloc: number;
}

/** How much more than after a tenth of the work the memory may be at its end. */
const TOLERATED = 0.1;
/** A garbage collection more or less shall not decide: the middle one of this many samples counts. */
const AROUND = 5;

/** Reads the memory of a process. Throws when it has ended. */
export function memoryOf(pid: number): Memory {
  const status = readFileSync(`/proc/${pid}/status`, 'latin1');
  const maps = readFileSync(`/proc/${pid}/smaps`, 'latin1');
  return {
    rss: kilobytes(status, /^VmRSS:\s+(\d+) kB$/m),
    anonymous: kilobytes(status, /^RssAnon:\s+(\d+) kB$/m),
    malloc: kilobytes(maps, /\[heap\]\n(?:[A-Z].*\n)*?Rss:\s+(\d+) kB/),
  };
}

/** Compares the memory after a tenth of the work with that after all of it. */
export function verdict(samples: readonly Memory[]): { readonly text: string; readonly flat: boolean } {
  const tenth = middle(samples.slice(0, Math.ceil(samples.length / 10)));
  const end = middle(samples);
  const growth = end / tenth - 1;
  const flat = growth <= TOLERATED;
  const [from, to] = [tenth, end].map((bytes) => `${(bytes / 1_048_576).toFixed(1)} MB`);
  const percent = `${(growth * 100).toFixed(1)} %`;
  return {
    text: `RSS after a tenth: ${from}, at the end: ${to} (${percent}): ${flat ? 'flat' : 'GROWS'}`,
    flat,
  };
}

function middle(samples: readonly Memory[]): number {
  const last = samples.slice(-AROUND).map(({ rss }) => rss);
  return last.sort((a, b) => a - b)[Math.floor(last.length / 2)] ?? Number.NaN;
}

function kilobytes(text: string, line: RegExp): number {
  return Number(line.exec(text)?.[1] ?? 0) * 1024;
}
