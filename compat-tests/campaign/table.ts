import type { Counts, Kind } from './ledger.js';

/** The result of one round. */
export interface Round extends Counts {
  readonly fault: string;
  /** The most memory of a server process, in bytes. */
  readonly memory: number;
  readonly logged: number;
  /** How long it took until all was still again, in ms. */
  readonly settling: number;
}

/** The kinds of users that not every campaign has. */
export const BESIDE = ['guests', 'pages', 'named', 'numbered', 'undropped'] as const satisfies Kind[];

type Column = readonly [head: string, cell: (rounds: readonly Round[]) => number];

const most = (values: readonly number[]) => Math.max(...values);
const sum = (of: (round: Round) => number) => (rounds: readonly Round[]) =>
  rounds.reduce((total, round) => total + of(round), 0);

/** Of users of a kind that not every campaign has. */
function columnsOf(kind: Kind): readonly Column[] {
  return [
    [kind, sum((round) => round[kind].accepted)],
    ['their lost', sum((round) => round[kind].lost)],
    ['their twice', sum((round) => round[kind].twice)],
    ['their inverted', sum((round) => round[kind].inverted)],
    ['their late', sum((round) => round[kind].late)],
  ];
}

const COLUMNS: readonly Column[] = [
  ['rounds', (rounds) => rounds.length],
  ['sent', sum(({ own }) => own.accepted)],
  ['lost', sum(({ own }) => own.lost)],
  ['twice', sum(({ own }) => own.twice)],
  ['inverted', sum(({ own }) => own.inverted)],
  ['mixed', sum(({ own }) => own.mixed)],
  ['across', sum(({ own }) => own.across)],
  ['late', sum(({ own }) => own.late)],
  ['settled s', (rounds) => Math.round(most(rounds.map(({ settling }) => settling)) / 100) / 10],
  ['RSS MB', (rounds) => Math.round(most(rounds.map(({ memory }) => memory)) / 1_048_576)],
  ['log KB', (rounds) => Math.round(sum(({ logged }) => logged)(rounds) / 1024)],
];

/** The columns, explained to the reader of the table. */
export const LEGEND = `sent: deliveries that a sender may rely on, as a later request on its connection was answered
lost: of these, never seen. twice: seen again
inverted: behind a later one of the same sender, connection and kind (mixed: of the other kind, one-to-one and
group; across: sent on another connection)
late: seen only after all users had logged in once more
settled: the longest time until all was still again after the fault
guests: sent to users who also log in at originals; what an original has received and dies with is lost
pages: sent by console clients to users who read as the page for browsers does
named: sent by pages to pages, which know each message by its name; these may show none twice
numbered: sent with a number by users of ChatClient whose connections are reset and whose programs end, to users of it
who drop what has come before, and whose connections end: accepted, as each is answered; none may come twice
undropped: the same to users of it who show what comes again`;

/** The outcomes of messages that have numbers, in one line. */
export function numberedLine(rounds: readonly Round[]): string {
  const all = (of: (round: Round) => number) => rounds.reduce((total, round) => total + of(round), 0);
  const [accepted, lost] = [all(({ numbered }) => numbered.accepted), all(({ numbered }) => numbered.lost)];
  const [twice, inverted] = [all(({ numbered }) => numbered.twice), all(({ numbered }) => numbered.inverted)];
  const again = all(({ undropped }) => undropped.twice);
  return `numbered: ${accepted} accepted, ${lost} lost, ${twice} twice, ${inverted} inverted; ${again} came twice to who drops none`;
}

/** A Markdown table: one line per fault, and one of all. */
export function table(rounds: readonly Round[]): string {
  const kinds = BESIDE.filter((kind) => rounds.some((round) => round[kind].accepted > 0));
  const columns = [...COLUMNS, ...kinds.flatMap(columnsOf)];
  const faults = [...new Set(rounds.map(({ fault }) => fault))];
  const line = (name: string, some: readonly Round[]) => [
    name,
    ...columns.map(([, cell]) => `${cell(some)}`),
  ];
  const body = faults.map((fault) =>
    line(
      fault,
      rounds.filter((round) => round.fault === fault),
    ),
  );
  const all = [['fault', ...columns.map(([head]) => head)], ...body, line('all', rounds)];
  const widths = columns.map((_, n) => Math.max(...all.map((cells) => cells[n + 1]?.length ?? 0)));
  const first = Math.max(...all.map(([name = '']) => name.length));
  const text = ([name = '', ...cells]: string[]) =>
    `| ${name.padEnd(first)} | ${cells.map((cell, n) => cell.padStart(widths[n] ?? 0)).join(' | ')} |`;
  const rule = `|${'-'.repeat(first + 2)}|${widths.map((width) => `${'-'.repeat(width + 1)}:`).join('|')}|`;
  const [head = [], ...rest] = all;
  return [text(head), rule, ...rest.map(text)].join('\n');
}
