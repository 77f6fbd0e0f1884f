import { readdirSync, readFileSync } from 'node:fs';

/** The processes whose time and memory are counted. */
export interface Pids {
  readonly server: readonly number[];
  readonly database: readonly number[];
  readonly bus: readonly number[];
}

/** The resources used between two moments: CPU times (user and system) in microseconds, memory in bytes. */
export interface Usage {
  readonly seconds: number;
  readonly server: number;
  /** The part of `server` outside the kernel: what a slow processor makes slower. */
  readonly serverUser: number;
  readonly database: number;
  readonly bus: number;
  readonly generator: number;
  /** Resident memory of the server at the end. */
  readonly rss: number;
}

/** The kernel counts process times for the user's eyes in hundredths of a second. */
const TICK = 10_000;

/** Reads what processes use from now on. */
export class Meter {
  readonly #pids: Pids;
  readonly #from: Omit<Usage, 'rss'>;

  constructor(pids: Pids) {
    this.#pids = pids;
    this.#from = now(pids);
  }

  /** The resources used since this meter was made; NaN for a process that has ended. */
  read(): Usage {
    const from = this.#from;
    const to = now(this.#pids);
    return {
      seconds: to.seconds - from.seconds,
      server: to.server - from.server,
      serverUser: to.serverUser - from.serverUser,
      database: to.database - from.database,
      bus: to.bus - from.bus,
      generator: to.generator - from.generator,
      rss: rss(this.#pids.server),
    };
  }
}

/** The resident memory of processes together, in bytes; NaN when one has ended. */
export function rss(pids: readonly number[]): number {
  return sum(pids, (pid) => Number(/^VmRSS:\s+(\d+) kB$/m.exec(read(pid, 'status'))?.[1]) * 1024);
}

/** The children of this process whose program has the given name. */
export function childrenNamed(name: string): number[] {
  return childrenOf('self').filter((pid) => read(pid, 'comm').trim() === name);
}

/** The processes that a process has started, and that have not ended. */
export function childrenOf(pid: number | 'self'): number[] {
  return readdirSync(`/proc/${pid}/task`).flatMap((task) =>
    read(`${pid}/task/${task}`, 'children').split(' ').filter(Boolean).map(Number),
  );
}

function now(pids: Pids): Omit<Usage, 'rss'> {
  const own = process.cpuUsage();
  return {
    seconds: performance.now() / 1000,
    server: sum(pids.server, cpu),
    serverUser: sum(pids.server, userTime),
    database: sum(pids.database, cpu),
    bus: sum(pids.bus, cpu),
    generator: own.user + own.system,
  };
}

function cpu(pid: number): number {
  const [user, system] = times(pid);
  return user + system;
}

function userTime(pid: number): number {
  return times(pid)[0];
}

function times(pid: number): readonly [user: number, system: number] {
  // The name in brackets may hold anything; the 12th and 13th field behind it are user and system time.
  const fields = read(pid, 'stat').split(') ').at(-1)?.split(' ') ?? [];
  return [Number(fields[11]) * TICK, Number(fields[12]) * TICK];
}

function read(pid: number | string, file: string): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, 'latin1');
  } catch {
    return '';
  }
}

function sum(pids: readonly number[], value: (pid: number) => number): number {
  return pids.reduce((total, pid) => total + value(pid), 0);
}
