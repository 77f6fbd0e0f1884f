import { printableLines } from '../../text/printable.js';
import { GROUPS } from '../cases/all.js';
import { type Farewell, type Fault, type Text, VERDICTS, type Verdict } from '../finding.js';
import type { Result } from '../runner.js';
import { block, both, facts, html, pageOf, shown, toTheMinute } from './markup.js';
import { count, type Grade, type GroupSummary, gradeOf, type Report, summarize } from './summary.js';
import { type Language, VERDICT_WORDS, WORDS, wayOf } from './words.js';

const CLASSES: Readonly<Record<Verdict, string>> = {
  same: 'good',
  differs: 'good',
  wrong: 'bad',
  ended: 'bad',
  'not run': 'quiet',
};

/** The findings as one page that needs nothing else; it begins in the language that is given. */
export function asHtml(report: Report, language: Language): string {
  const groups = summarize(report.results);
  return pageOf(WORDS.title, language, [
    about(report),
    table(groups, report.results),
    ...groups.map(section),
  ]);
}

function about({ server, dialect, date, version }: Report): string {
  return facts([
    [WORDS.server, server],
    [WORDS.dialect, dialect],
    [WORDS.date, toTheMinute(date)],
    [WORDS.version, version],
  ]);
}

function table(groups: readonly GroupSummary[], results: readonly Result[]): string {
  const head = [WORDS.group, ...VERDICTS.map((verdict) => VERDICT_WORDS[verdict]), WORDS.grade];
  const row = (title: string, counts: Readonly<Record<Verdict, number>>, grade: Grade) => {
    const cells = VERDICTS.map((verdict) => cell(counts[verdict], CLASSES[verdict]));
    return `<tr><th scope="row">${title}</th>${cells.join('')}<td class="grade ${gradeClass(grade)}">${grade}</td></tr>`;
  };
  const all = count(results);
  return [
    `<div class="scroll" tabindex="0" role="region" aria-label="${html(WORDS.sum.en)}">`,
    '<table>',
    `<thead><tr>${head.map((word) => `<th scope="col">${both(word)}</th>`).join('')}</tr></thead>`,
    '<tbody>',
    ...groups.map(({ group, counts, grade }) =>
      row(`<a href="#${group}">${both(titleOf(group))}</a>`, counts, grade),
    ),
    '</tbody>',
    `<tfoot>${row(both(WORDS.sum), all, gradeOf(all))}</tfoot>`,
    '</table>',
    '</div>',
  ].join('\n');
}

function cell(number: number, name: string): string {
  return number === 0 ? '<td class="quiet">0</td>' : `<td class="${name}">${number}</td>`;
}

function gradeClass(grade: Grade): string {
  if (grade === '-') return 'quiet';
  return grade === 'A' ? 'good' : grade === 'B' || grade === 'C' ? 'warn' : 'bad';
}

function titleOf(group: string): Text {
  return GROUPS[group] ?? { en: group, zh: group };
}

function section({ group, results, grade }: GroupSummary): string {
  const isFaulty = ({ finding }: Result) => finding.verdict === 'wrong' || finding.verdict === 'ended';
  const others = results.filter((result) => !isFaulty(result));
  return [
    '<section>',
    `<h2 id="${group}">${both(titleOf(group))} <span class="grade ${gradeClass(grade)}">${grade}</span></h2>`,
    ...results.filter(isFaulty).map(faulty),
    others.length === 0 ? '' : list(others),
    '</section>',
  ].join('\n');
}

/** All that is fine, or was not run, folded into one. */
function list(results: readonly Result[]): string {
  const counts = count(results);
  const sums = VERDICTS.filter((verdict) => counts[verdict] > 0).map(
    (verdict) => `${both(VERDICT_WORDS[verdict])}: ${counts[verdict]}`,
  );
  const item = ({ id, why, finding }: Result) => {
    const needs = finding.verdict === 'not run' ? ` (${both(WORDS.needs)} ${both(finding.needs)})` : '';
    const number = finding.verdict === 'differs' ? ` ${finding.number}` : '';
    const verdict = `<span class="${CLASSES[finding.verdict]}">${both(VERDICT_WORDS[finding.verdict])}${number}</span>`;
    return `<li><code>${html(id)}</code> ${verdict}${needs}<br>${both(why)}</li>`;
  };
  return `<details><summary>${sums.join(', ')}</summary><ul>${results.map(item).join('\n')}</ul></details>`;
}

function faulty({ id, why, finding }: Result): string {
  const verdict = `<span class="${CLASSES[finding.verdict]}">${both(VERDICT_WORDS[finding.verdict])}</span>`;
  const fault = 'fault' in finding ? finding.fault : undefined;
  return [
    `<details><summary><code>${html(id)}</code> ${verdict}</summary>`,
    `<p>${both(why)}</p>`,
    fault === undefined ? '' : `<p>${both(WORDS.shows)}: ${both(fault.shows)}</p>${bytes(fault, id)}`,
    fault?.farewell === undefined ? '' : end(fault.farewell, id),
    '</details>',
  ].join('\n');
}

/** How the server went, and the last lines that it wrote. */
function end(farewell: Farewell, id: string): string {
  const way = `<p>${both(wayOf(farewell))}</p>`;
  if (farewell.said === '') return way;
  const label = html(`${WORDS.lastWords.en}, ${id}`);
  const lines = html(printableLines(farewell.said));
  return `${way}<div>${both(WORDS.lastWords)}:</div><pre tabindex="0" aria-label="${label}">${lines}</pre>`;
}

/** The expected and the received bytes, byte by byte where there are both. */
function bytes({ wanted, got }: Fault, id: string): string {
  if (wanted === undefined) return got === undefined ? '' : `<p>${both(WORDS.got)}: ${shown(got)}</p>`;
  return block(WORDS.wanted, id, wanted, got ?? '') + block(WORDS.got, id, got ?? '', wanted);
}
