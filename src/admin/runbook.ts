import { existsSync } from 'node:fs';
import { packageFile, packageText } from '../ops/package.js';
import type { Answer } from './answer.js';

/** What one does at night, in two languages. */
const PAGES = { en: 'docs/operating.md', zh: 'docs/operating.zh-CN.md' };

/** docs/operating.md as a page with an anchor for each heading: where the links of alerts lead. */
export function runbook(languages = ''): Answer {
  const language = /^\s*zh\b/i.test(languages) ? 'zh' : 'en';
  const path = PAGES[language];
  if (!existsSync(packageFile(path)))
    return { status: 404, type: 'text/plain', body: `${path} is not here\n` };
  const body = packageText(path).split('\n').map(lineOf).join('');
  const start = `<!doctype html><html lang="${language}"><meta charset="utf-8"><title>chat-server: ${path}</title>`;
  const head = `${start}<meta name="viewport" content="width=device-width"><link rel="stylesheet" href="admin.css">`;
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: `${head}<main class="runbook">${body}</main></html>`,
  };
}

function lineOf(line: string): string {
  const [, marks, title = ''] = /^(#{1,3}) (.+)$/.exec(line) ?? [];
  const text = escaped(title || line);
  return marks === undefined
    ? `${text}\n`
    : `<h${marks.length} id="${anchorOf(title)}">${text}</h${marks.length}>`;
}

/** The anchor of a heading, as GitHub makes it. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
