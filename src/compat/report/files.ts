import { writeFileSync } from 'node:fs';
import { toUSVString } from 'node:util';
import { groupOf } from '../cases/all.js';
import type { Farewell, Finding } from '../finding.js';
import type { Result } from '../runner.js';
import { count, gradeOf, type Report, summarize } from './summary.js';
import { wayOf } from './words.js';

/** The findings, for programs. */
export function asJson(report: Report): string {
  const groups = summarize(report.results).map(({ group, counts, grade }) => ({ group, grade, ...counts }));
  const { results, ...about } = report;
  const counts = count(results);
  return `${JSON.stringify({ ...about, grade: gradeOf(counts), ...counts, groups, results }, undefined, 2)}\n`;
}

/** The findings, as CI systems read them. */
export function asJunit({ results, server }: Report): string {
  const { wrong, ended, 'not run': skipped } = count(results);
  const head = `<testsuite name="chat-compat ${forXml(server)}" tests="${results.length}" failures="${wrong + ended}" skipped="${skipped}">`;
  return ['<?xml version="1.0" encoding="UTF-8"?>', head, ...results.map(testCase), '</testsuite>', ''].join(
    '\n',
  );
}

function testCase(result: Result): string {
  const { id, finding, ms } = result;
  const head = `  <testcase classname="${forXml(groupOf(result))}" name="${forXml(id)}" time="${(ms / 1000).toFixed(3)}">`;
  return `${head}${inside(finding)}</testcase>`;
}

function inside(finding: Finding): string {
  if (finding.verdict === 'not run') return `<skipped message="needs ${forXml(finding.needs.en)}"/>`;
  if (finding.verdict !== 'wrong' && finding.verdict !== 'ended') return '';
  const { shows, wanted = '', got = '', farewell } = finding.fault;
  const text = forXml(`expected: ${wanted}\nreceived: ${got}${end(farewell)}`);
  return `<failure type="${finding.verdict}" message="${forXml(shows.en)}">${text}</failure>`;
}

function end(farewell: Farewell | undefined): string {
  return farewell === undefined ? '' : `\n${wayOf(farewell).en}\n${farewell.said}`;
}

/** A text for XML, which has no word for most controls. */
function forXml(text: string): string {
  const entities: Record<string, string> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' };
  return toUSVString(text)
    .replaceAll(/[&<>"]/g, (character) => entities[character] ?? '')
    .replaceAll(/[^\P{Cc}\t\n]|[\ufffe\uffff]/gu, '\ufffd');
}

/** Writes a report. Throws a line when that cannot be. */
export function write(path: string, text: string): void {
  try {
    writeFileSync(path, text);
  } catch (error) {
    throw new Error(`${path} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}
