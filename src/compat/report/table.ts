import { eastAsianWidth } from 'get-east-asian-width';
import { GROUPS } from '../cases/all.js';
import { VERDICTS } from '../finding.js';
import { count, gradeOf, type Report, summarize } from './summary.js';
import { type Language, VERDICT_WORDS, WORDS } from './words.js';

/** The findings, a line for each group, for a terminal. */
export function table({ results }: Report, language: Language): string {
  const heads = [
    WORDS.group[language],
    ...VERDICTS.map((verdict) => VERDICT_WORDS[verdict][language]),
    WORDS.grade[language],
  ];
  const rows = summarize(results).map(({ group, counts, grade }) => [
    `${group}: ${GROUPS[group]?.[language] ?? ''}`,
    ...VERDICTS.map((verdict) => shown(counts[verdict])),
    grade,
  ]);
  const all = count(results);
  const sum = [WORDS.sum[language], ...VERDICTS.map((verdict) => shown(all[verdict])), gradeOf(all)];
  return align([heads, ...rows, sum]);
}

function shown(number: number): string {
  return number === 0 ? '·' : String(number);
}

/** Columns under each other: the first to the left, the others to the right. */
function align(rows: readonly (readonly string[])[]): string {
  const widths = (rows[0] ?? []).map((_, at) => Math.max(...rows.map((row) => columns(row[at] ?? ''))));
  const cell = (text: string, at: number) => {
    const blanks = ' '.repeat((widths[at] ?? 0) - columns(text));
    return at === 0 ? text + blanks : blanks + text;
  };
  return rows.map((row) => row.map(cell).join('  ').trimEnd()).join('\n');
}

/** How many columns of a terminal a text takes. */
function columns(text: string): number {
  return [...text].reduce((sum, character) => sum + eastAsianWidth(character.codePointAt(0) ?? 0), 0);
}
