import { readFileSync } from 'node:fs';

export const MB = 1_048_576;

/** The memory that a process has now, in bytes; 0 when there is no such process. */
export function resident(pid: number): number {
  return statusOf(pid, 'VmRSS');
}

/** The most memory that a process has had, in bytes; 0 when there is no such process. */
export function mostResident(pid: number): number {
  return statusOf(pid, 'VmHWM');
}

function statusOf(pid: number, line: string): number {
  try {
    const status = readFileSync(`/proc/${pid}/status`, 'utf8');
    return Number(new RegExp(`${line}:\\s+(\\d+)`).exec(status)?.[1] ?? 0) * 1024;
  } catch {
    return 0;
  }
}
