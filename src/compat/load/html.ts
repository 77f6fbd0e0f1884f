import type { Text } from '../finding.js';
import { both, facts, html, pageOf, toTheMinute } from '../report/markup.js';
import { type Language, WORDS } from '../report/words.js';
import { COLUMNS, type Figures, figure, ratios } from './figures.js';
import { plot } from './plot.js';
import { type Second, thinned } from './seconds.js';

/** The most points of a picture, and lines of its table. */
const MOST = 300;

const SAYS = {
  title: { en: 'Under load', zh: '压力测试' },
  runs: { en: 'Runs', zh: '各次运行' },
  settings: { en: 'settings', zh: '参数' },
  rate: { en: 'operations a second', zh: '每秒操作数' },
  latency: { en: 'how long they took, in milliseconds', zh: '耗时（毫秒）' },
  seconds: { en: 'seconds', zh: '秒' },
  table: { en: 'the same as figures', zh: '数据' },
} as const satisfies Record<string, Text>;

/** The lines of the second picture. */
const PERCENTILES = ['p50', 'p90', 'p99'] as const;

/** The facts that all runs of one call have in common. */
export interface About {
  /** ISO 8601. */
  readonly date: string;
  readonly version: string;
  readonly dialect: string;
  /** How it was asked for: clients, seconds, rate. */
  readonly settings: string;
}

/** The measurements as one page that needs nothing else; it begins in the language that is given. */
export function asHtml(runs: readonly Figures[], about: About, language: Language): string {
  const compared =
    runs.length < 2 ? '' : `<p>${both({ en: ratios(runs, 'en'), zh: ratios(runs, 'zh') })}</p>`;
  return pageOf(SAYS.title, language, [head(about), table(runs), compared, ...runs.map(section)]);
}

function head({ date, version, dialect, settings }: About): string {
  return facts([
    [SAYS.settings, settings],
    [WORDS.dialect, dialect],
    [WORDS.date, toTheMinute(date)],
    [WORDS.version, version],
  ]);
}

function table(runs: readonly Figures[]): string {
  const columns = COLUMNS.filter(([en]) => en !== '');
  const heads = columns.map(([en, zh]) => both({ en, zh }));
  const rows = runs.map((run, at) => {
    const [server = '', ...others] = columns.map(([, , text]) => html(text(run)));
    const failure = run.failure === undefined ? '' : ` <span class="bad">${html(run.failure)}</span>`;
    return [`<a href="#run-${at}">${server}</a>${failure}`, ...others];
  });
  return grid(SAYS.runs, heads, rows);
}

function section(run: Figures, at: number): string {
  const seconds = thinned(run.seconds, MOST);
  const times = seconds.map((second) => second.at);
  const rates = [{ name: 'rate', values: seconds.map(({ rate }) => rate) }];
  const latencies = PERCENTILES.map((name) => ({ name, values: seconds.map((second) => second[name]) }));
  const label = ({ en }: Text) => `${en}, ${run.server} ${run.scenario}, ${at + 1}`;
  const keys = PERCENTILES.map((name) => `<span class="key ${name}">${name}</span>`).join(' ');
  return [
    '<section>',
    `<h2 id="run-${at}">${at + 1}: ${html(run.server)} ${html(run.scenario)}</h2>`,
    `<p>${both(SAYS.rate)}</p>`,
    plot(label(SAYS.rate), times, rates),
    `<p>${both(SAYS.latency)}: ${keys}</p>`,
    plot(label(SAYS.latency), times, latencies),
    `<details><summary>${both(SAYS.table)}</summary>${figures(seconds, label(SAYS.table))}</details>`,
    '</section>',
  ].join('\n');
}

function figures(seconds: readonly Second[], label: string): string {
  const heads = [both(SAYS.seconds), both(SAYS.rate), ...PERCENTILES];
  const rows = seconds.map((second) => [
    ...[second.at, second.rate, ...PERCENTILES.map((name) => second[name])].map(figure),
  ]);
  return grid({ en: label, zh: label }, heads, rows);
}

/** A table that scrolls by itself where a page is narrow. */
function grid({ en }: Text, heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const row = ([first = '', ...others]: readonly string[]) =>
    `<tr><th scope="row">${first}</th>${others.map((cell) => `<td>${cell}</td>`).join('')}</tr>`;
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${html(en)}">`,
    `<table><thead><tr>${heads.map((text) => `<th scope="col">${text}</th>`).join('')}</tr></thead>`,
    `<tbody>${rows.map(row).join('\n')}</tbody></table>`,
    '</div>',
  ].join('\n');
}
