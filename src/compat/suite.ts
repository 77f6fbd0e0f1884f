import { version } from '../ops/package.js';
import type { Case } from './case.js';
import { allCases } from './cases/all.js';
import type { Settings } from './options.js';
import { recordingCase } from './record/case.js';
import type { Place } from './replay/party.js';
import { asJson, asJunit, write } from './report/files.js';
import { asHtml } from './report/html.js';
import { Progress } from './report/progress.js';
import { count, type Report } from './report/summary.js';
import { table } from './report/table.js';
import { type Language, languageOf, WORDS } from './report/words.js';
import { NotTestable, type Result, Runner } from './runner.js';
import { Started } from './start.js';
import { openMysql } from './tables/mysql.js';
import { type Target, written } from './target.js';

/** The most bytes of a server that are kept unread. */
const MOST = 1 << 25;

/** Exit status: all is the same or differs on purpose; something is wrong; it could not be tested. */
const [FINE, FAULTY, NOT_TESTED] = [0, 1, 2];

/** Runs the suite, or lists its cases. Returns the exit status; throws Error when it could not be tested. */
export async function test(place: Required<Place> | undefined, settings: Settings): Promise<number> {
  const language = languageOf(settings.lang, process.env);
  const cases = casesOf(settings);
  if (settings.list || place === undefined) {
    for (const { id, why } of cases) console.log(`${id.padEnd(44)} ${why[language]}`);
    return FINE;
  }
  const target = await targetOf(place, settings);
  try {
    const report = await run(target, cases, settings, language);
    console.log(table(report, language));
    for (const [path, text] of files(report, settings, language)) write(path, text);
    const { wrong, ended } = count(report.results);
    return wrong + ended > 0 ? FAULTY : FINE;
  } finally {
    await target.process?.kill();
    await target.database?.close();
  }
}

/** The recordings that are named, or what is chosen of the suite. */
function casesOf({ only, recording, dialect }: Settings): Case[] {
  if (recording === undefined) return chosen(only);
  if (only !== undefined)
    throw new Error('--only chooses cases of the suite: it does not go with --recording');
  return recording.split(',').map((path) => recordingCase(path.trim(), dialect));
}

/** The cases whose ids begin with one of the parts, or all. Throws for a part that no id begins with. */
function chosen(only: string | undefined): Case[] {
  const all = allCases();
  if (only === undefined) return all;
  const parts = only.split(',').map((part) => part.trim());
  const isMeant = ({ id }: Case, part: string) =>
    id === part || id.startsWith(part.includes('/') ? part : `${part}/`);
  const unknown = parts.find((part) => !all.some((one) => isMeant(one, part)));
  if (unknown !== undefined) throw new Error(`--only ${unknown}: no case is called so (--list)`);
  return all.filter((one) => parts.some((part) => isMeant(one, part)));
}

async function targetOf(place: Required<Place>, settings: Settings): Promise<Target> {
  const limits = { answer: settings.timeout * 1000, most: MOST };
  const { dialect, second, start, mysql, seed } = settings;
  return {
    place,
    dialect,
    limits,
    seed,
    habits: { oneRead: true },
    second,
    process: start === undefined ? undefined : new Started(start, place, limits),
    database: mysql === undefined ? undefined : await openMysql(mysql),
  };
}

async function run(
  target: Target,
  cases: readonly Case[],
  settings: Settings,
  language: Language,
): Promise<Report> {
  const runner = new Runner(target, settings['may-empty-the-database']);
  const results: Result[] = [];
  const progress = new Progress(language, process.stderr);
  // The first Ctrl-C ends the run after its case, with what is known; the second one at once.
  let isStopped = false;
  const stop = () => {
    if (isStopped) process.exit(NOT_TESTED);
    isStopped = true;
    process.stderr.write(`\n${WORDS.stopped[language]}\n`);
    runner.stop();
  };
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
  await runner.probe();
  await runner.run(cases, {
    begins: (next, at, of) => progress.begins(next, at, of),
    ends: (result) => {
      results.push(result);
      progress.ends(result);
    },
  });
  progress.done();
  if (results.length === 0) throw new NotTestable('stopped before anything was known');
  return {
    server: written(target.place),
    dialect: target.dialect.name,
    date: new Date().toISOString(),
    version: version(),
    results,
  };
}

function files(
  report: Report,
  { json, junit, html }: Settings,
  language: Language,
): [path: string, text: string][] {
  const wanted: [string | undefined, (report: Report) => string][] = [
    [json, asJson],
    [junit, asJunit],
    [html, (some) => asHtml(some, language)],
  ];
  return wanted.flatMap(([path, make]) =>
    path === undefined ? [] : [[path, make(report)] as [string, string]],
  );
}
