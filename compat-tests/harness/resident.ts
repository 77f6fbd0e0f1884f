import { readFileSync } from 'node:fs';

export const MB = 1_048_576;

/** The memory that a process has now, in bytes; 0 when there is no such process. */
export function resident(pid: number): number {
  try {
    return Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
