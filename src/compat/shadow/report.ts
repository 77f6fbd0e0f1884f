import { printable } from '../../text/printable.js';
import type { Language } from '../report/words.js';
import type { Kind } from './kinds.js';
import type { Counts, StopReason } from './shared.js';
import { REASONS, SAYS, sentence } from './words.js';

/** All that is known so far. */
export interface ShadowReport extends Counts {
  readonly first: string;
  readonly second: string;
  readonly dialect: string;
  /** ISO 8601. */
  readonly date: string;
  readonly version: string;
  /** Bytes that wait for the second server, and for what it says. */
  readonly waiting: number;
  /** How many clients are not compared any more, by the reason. */
  readonly stopped: Readonly<Partial<Record<StopReason, number>>>;
  readonly kinds: readonly Kind[];
  /** Differences of kinds beyond those. */
  readonly more: number;
  readonly verdict: 'same' | 'differs' | 'wrong' | 'not compared';
}

/** The most of an example that is shown, in characters. */
const MOST = 300;

/** Nothing without a number differs, and everything was compared; something does; or not everything could be compared. */
export function verdictOf(
  report: Pick<ShadowReport, 'compared' | 'kinds' | 'more' | 'stopped'>,
): ShadowReport['verdict'] {
  const { compared, kinds, more, stopped } = report;
  if (more > 0 || kinds.some((kind) => kind.number === undefined && !isDueToTime(kind))) return 'wrong';
  if (compared === 0 || Object.keys(stopped).some((reason) => reason !== 'ended')) return 'not compared';
  return kinds.length > 0 ? 'differs' : 'same';
}

/** Whether a receiver is still there when a message comes is not the servers' doing. */
export function isDueToTime({ how }: Pick<Kind, 'how'>): boolean {
  return how === 'stored';
}

/** A kind of difference, with its number and its example, in lines. */
export function linesOf(kind: Kind, language: Language): string[] {
  const { number, example } = kind;
  const named = number === undefined ? '' : ` (${SAYS.number[language]}: ${number})`;
  const shown = (text: string | undefined) =>
    text === undefined ? SAYS.nothing[language] : printable(text, MOST);
  return [
    `${printable(sentence(kind)[language])}${named}`,
    `  ${SAYS.first[language]}: ${shown(example.first)}`,
    `  ${SAYS.second[language]}: ${shown(example.second)}`,
  ];
}

/** The findings, for a terminal. */
export function summary(report: ShadowReport, language: Language): string {
  const { clients, requests, compared, same, stopped, kinds, more } = report;
  const figures = [
    [SAYS.clients, clients],
    [SAYS.requests, requests],
    [SAYS.compared, compared],
    [SAYS.same, same],
  ] as const;
  const lines = [figures.map(([word, value]) => `${word[language]}: ${value}`).join(', ')];
  for (const [reason, count] of Object.entries(stopped))
    lines.push(`${SAYS.stopped[language]}: ${count} (${REASONS[reason as StopReason][language]})`);
  if (report.ignored > 0) lines.push(`${SAYS.ignored[language]}: ${report.ignored}`);
  if (kinds.length === 0) lines.push(SAYS.none[language]);
  for (const kind of kinds) {
    const [head = '', ...example] = linesOf(kind, language);
    lines.push(`${kind.count} x ${head}`, ...example);
  }
  if (more > 0) lines.push(`${SAYS.more[language]}: ${more}`);
  return lines.join('\n');
}
