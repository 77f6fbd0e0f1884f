import { readFileSync } from 'node:fs';
import { VERDICTS } from '../../src/compat/finding.js';
import { type Report, summarize } from '../../src/compat/report/summary.js';

/*
 * The table of docs/compat.md: `node build/compat-tests/compat/side-by-side.js ours.json original.json`, of what two
 * runs of chat-compat have written by --json.
 */

const reports = process.argv.slice(2).map((path) => JSON.parse(readFileSync(path, 'utf8')) as Report);
const summaries = reports.map(({ results }) => summarize(results));
const names = ['ours', 'the original'];
const groups = [...new Set(summaries.flatMap((summary) => summary.map(({ group }) => group)))];

/** The grade of a group, and how many cases had which verdict. */
function cell(summary: ReturnType<typeof summarize>, group: string): string {
  const found = summary.find((one) => one.group === group);
  if (found === undefined) return '';
  const counts = VERDICTS.filter((verdict) => found.counts[verdict] > 0).map(
    (verdict) => `${found.counts[verdict]} ${verdict}`,
  );
  return `${found.grade}: ${counts.join(', ')}`;
}

const rows = groups.map((group) => [`\`${group}\``, ...summaries.map((summary) => cell(summary, group))]);
const lines = [['group', ...names.slice(0, reports.length)], ['---', ...reports.map(() => '---')], ...rows];
console.log(lines.map((row) => `| ${row.join(' | ')} |`).join('\n'));
