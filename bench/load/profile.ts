import { readdirSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { markdown } from './report.js';

interface ProfileNode {
  readonly id: number;
  readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number };
}

interface Profile {
  readonly nodes: readonly ProfileNode[];
  readonly samples: readonly number[];
  readonly timeDeltas: readonly number[];
}

const ROWS = 25;

/** Where the time of all CPU profiles in a folder went, function by function, idle time left out. */
export function hottest(folder: string): string {
  const time = new Map<string, number>();
  for (const file of readdirSync(folder).filter((name) => name.endsWith('.cpuprofile')))
    addUp(JSON.parse(readFileSync(join(folder, file), 'utf8')) as Profile, time);
  time.delete('(idle)');
  const total = [...time.values()].reduce((sum, part) => sum + part, 0);
  const rows = [...time].sort((a, b) => b[1] - a[1]).slice(0, ROWS);
  return markdown([['self time', 'function'], ...rows.map(([name, part]) => [percent(part / total), name])]);
}

function addUp(profile: Profile, time: Map<string, number>): void {
  const names = new Map(profile.nodes.map((node) => [node.id, nameOf(node)]));
  for (const [i, sample] of profile.samples.entries()) {
    const name = names.get(sample) ?? '(unknown)';
    time.set(name, (time.get(name) ?? 0) + (profile.timeDeltas[i] ?? 0));
  }
}

function nameOf({ callFrame }: ProfileNode): string {
  const { functionName, url, lineNumber } = callFrame;
  const name = functionName === '' ? '(anonymous)' : functionName;
  return url === '' ? name : `${name} ${url.startsWith('node:') ? url : basename(url)}:${lineNumber + 1}`;
}

function percent(part: number): string {
  return `${(part * 100).toFixed(1)} %`;
}
