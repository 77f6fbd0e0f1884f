import { readdirSync, readFileSync } from 'node:fs';
import { DEADLINE } from './deadline.js';

const sleeper = new Int32Array(new SharedArrayBuffer(4));

/**
 * Stops every thread of a process, by its id (SIGSTOP); its connections stay open.
 *
 * Returns once all have stopped. A signal is only left at the process: a thread that runs on another core, or that is
 * about to, goes on for a while, and would still answer what is asked next.
 */
export function freeze(pid: number): void {
  process.kill(pid, 'SIGSTOP');
  waitUntil(() => threadStates(pid).every((state) => state === 'T'), `the threads of ${pid} to stop`);
}

/** Lets a frozen process go on (SIGCONT). Returns once none of its threads is stopped. */
export function thaw(pid: number): void {
  process.kill(pid, 'SIGCONT');
  waitUntil(() => !threadStates(pid).includes('T'), `the threads of ${pid} to go on`);
}

/** The state of each thread of a process, as proc(5) names it: R runs, S sleeps, T is stopped. None when it is gone. */
function threadStates(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`).flatMap((thread) => threadState(pid, thread));
  } catch {
    return [];
  }
}

/** The state stands behind the name, which is in brackets and may hold any character. Empty for a thread that has ended. */
function threadState(pid: number, thread: string): string[] {
  try {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
    return [stat.charAt(stat.lastIndexOf(')') + 2)];
  } catch {
    return [];
  }
}

/** Holds this thread meanwhile, so that no caller can go on before; it is a matter of milliseconds. */
function waitUntil(done: () => boolean, what: string): void {
  for (const end = Date.now() + DEADLINE; !done(); Atomics.wait(sleeper, 0, 0, 1))
    if (Date.now() > end) throw new Error(`waited ${DEADLINE / 1000} s for ${what}`);
}
