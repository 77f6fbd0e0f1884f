import type { Language } from '../report/words.js';
import type { Percentiles, Second } from './seconds.js';

/** The measurements of one server. Times in milliseconds, CPU in microseconds for each operation, memory in bytes. */
export interface Figures extends Percentiles {
  readonly server: string;
  readonly scenario: string;
  /** Operations a second. */
  readonly rate: number;
  readonly done: number;
  readonly lost: number;
  readonly twice: number;
  readonly disordered: number;
  readonly serverCpu: number | undefined;
  readonly generatorCpu: number;
  readonly rss: number | undefined;
  readonly failure: string | undefined;
  /** How it was in each second. */
  readonly seconds: readonly Second[];
}

type Column = readonly [en: string, zh: string, text: (figures: Figures) => string];

/** The columns of a table of runs. */
export const COLUMNS: readonly Column[] = [
  ['server', '服务器', ({ server }) => server],
  ['scenario', '场景', ({ scenario }) => scenario],
  ['per second', '每秒', ({ rate }) => figure(rate)],
  ['p50 ms', 'p50 毫秒', ({ p50 }) => figure(p50)],
  ['p90 ms', 'p90 毫秒', ({ p90 }) => figure(p90)],
  ['p99 ms', 'p99 毫秒', ({ p99 }) => figure(p99)],
  ['p99.9 ms', 'p99.9 毫秒', ({ p999 }) => figure(p999)],
  ['lost', '丢失', ({ lost }) => String(lost)],
  ['twice', '重复', ({ twice }) => String(twice)],
  ['out of order', '乱序', ({ disordered }) => String(disordered)],
  ['server us', '服务器微秒', ({ serverCpu }) => figure(serverCpu)],
  ['generator us', '工具微秒', ({ generatorCpu }) => figure(generatorCpu)],
  ['RSS MB', '内存 MB', ({ rss }) => figure(rss === undefined ? undefined : rss / 1_048_576)],
  ['', '', ({ failure }) => failure ?? ''],
];

/** The runs as a Markdown table. */
export function table(runs: readonly Figures[], language: Language): string {
  const head = COLUMNS.map(([en, zh]) => (language === 'en' ? en : zh));
  const rows = [head, head.map(() => '---'), ...runs.map((run) => COLUMNS.map(([, , text]) => text(run)))];
  return rows.map((row) => `| ${row.join(' | ')} |`).join('\n');
}

/** The last second of a run that goes on, in a line. */
export function line({ at, rate, p50, p99 }: Second, of: number, language: Language): string {
  const [seconds, each, ms] = language === 'en' ? ['s', 'a second', 'ms'] : ['秒', '每秒', '毫秒'];
  return `${figure(at)}/${of} ${seconds}: ${figure(rate)} ${each}, p50 ${figure(p50)} ${ms}, p99 ${figure(p99)} ${ms}`;
}

/** The first server's medians divided by the second one's: the runs come in turns. */
export function ratios(runs: readonly Figures[], language: Language): string {
  const [first, second] = [runs.filter((_, at) => at % 2 === 0), runs.filter((_, at) => at % 2 === 1)];
  const of = (value: (figures: Figures) => number) => figure(median(first, value) / median(second, value));
  const [rate, p99] = [of((run) => run.rate), of((run) => run.p99)];
  const names = `${first[0]?.server ?? ''} / ${second[0]?.server ?? ''}`;
  return language === 'en'
    ? `${names}: rate x ${rate}, p99 x ${p99} (medians of ${first.length} runs each, in turns)`
    : `${names}：速率 x ${rate}，p99 x ${p99}（各 ${first.length} 次交替运行的中位数）`;
}

function median(runs: readonly Figures[], value: (figures: Figures) => number): number {
  const sorted = runs.map(value).sort((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}

/** Three digits are more than a shared machine can tell. */
export function figure(value: number | undefined): string {
  if (value === undefined || !Number.isFinite(value)) return '-';
  return value >= 100 ? Math.round(value).toLocaleString('en-US') : String(Number(value.toPrecision(3)));
}
