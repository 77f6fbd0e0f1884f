import type { Text } from '../finding.js';
import { block, both, frame, html, pageOf, shown } from '../report/markup.js';
import { type Language, WORDS } from '../report/words.js';
import type { Kind } from './kinds.js';
import { isDueToTime, type ShadowReport } from './report.js';
import type { StopReason } from './shared.js';
import { REASONS, SAYS, sentence } from './words.js';

/** The findings as one page that needs nothing else. */
export function asHtml(report: ShadowReport, language: Language): string {
  return pageOf(SAYS.title, language, mainOf(report));
}

/** The same as a page that shows it as it is found. */
export function asLivePage(report: ShadowReport, language: Language): string {
  return frame(SAYS.title, language, mainOf(report), {
    head: '<link rel="stylesheet" href="report.css">\n<link rel="icon" href="data:,">',
    foot: '<script src="report.js"></script>\n<script src="shadow.js"></script>',
  });
}

/** The content of the page. */
export function mainOf(report: ShadowReport): string[] {
  const { kinds, more } = report;
  return [
    figures(report),
    `<h2>${both(SAYS.kinds)}</h2>`,
    kinds.length === 0 ? `<p class="good">${both(SAYS.none)}</p>` : table(kinds),
    more === 0 ? '' : `<p class="bad">${both(SAYS.more)}: ${more}</p>`,
    kinds.length === 0 ? '' : `<h2>${both(SAYS.examples)}</h2>`,
    ...kinds.map(example),
  ];
}

function figures(report: ShadowReport): string {
  const { first, second, dialect, date, version, clients, requests, compared, same, ignored, waiting } =
    report;
  const rows: [Text, string][] = [
    [SAYS.first, shown(first)],
    [SAYS.second, shown(second)],
    [WORDS.dialect, shown(dialect)],
    [WORDS.date, shown(date.slice(0, 16).replace('T', ' '))],
    [WORDS.version, shown(version)],
    [SAYS.clients, `${clients}`],
    [SAYS.requests, `${requests}`],
    [SAYS.compared, `${compared}`],
    [SAYS.same, `${same}`],
    [SAYS.waiting, `${waiting}`],
    ...(ignored === 0 ? [] : [[SAYS.ignored, `${ignored}`] as [Text, string]]),
    ...Object.entries(report.stopped).map(([reason, count]): [Text, string] => [
      SAYS.stopped,
      `<span class="warn">${count}</span> (${both(REASONS[reason as StopReason])})`,
    ]),
  ];
  return `<dl>${rows.map(([word, value]) => `<dt>${both(word)}</dt><dd>${value}</dd>`).join('')}</dl>`;
}

function table(kinds: readonly Kind[]): string {
  const heads = [SAYS.kind, SAYS.number, SAYS.count].map((word) => `<th scope="col">${both(word)}</th>`);
  const row = (kind: Kind, at: number) => {
    const { number, count } = kind;
    const name = number === undefined && !isDueToTime(kind) ? 'bad' : 'good';
    const cells = [`${number ?? both(SAYS.unnumbered)}`, `${count}`].map(
      (cell) => `<td class="${name}">${cell}</td>`,
    );
    return `<tr><th scope="row"><a href="#kind-${at}">${both(sentence(kind))}</a></th>${cells.join('')}</tr>`;
  };
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${html(SAYS.kinds.en)}">`,
    `<table><thead><tr>${heads.join('')}</tr></thead>`,
    `<tbody>${kinds.map(row).join('\n')}</tbody></table>`,
    '</div>',
  ].join('\n');
}

function example(kind: Kind, at: number): string {
  const { first, second } = kind.example;
  const id = `kind-${at}`;
  const side = (word: Text, text: string | undefined, other: string | undefined) =>
    text === undefined
      ? `<p>${both(word)}: ${both(SAYS.nothing)}</p>`
      : other === undefined
        ? `<p>${both(word)}: ${shown(text)}</p>`
        : block(word, id, text, other);
  return [
    `<details id="${id}"><summary>${both(sentence(kind))}</summary>`,
    side(SAYS.first, first, second),
    side(SAYS.second, second, first),
    '</details>',
  ].join('\n');
}
