import { existsSync } from 'node:fs';
import { packageFile, packageText } from '../ops/package.js';
import type { Answer } from './answer.js';
import { htmlOf, type Target } from './markdown.js';

/** The remedies for an operator at night, in two languages; each page leads to the other. */
const PAGES = {
  en: { path: 'docs/operating.md', other: 'zh', says: '中文' },
  zh: { path: 'docs/operating.zh-CN.md', other: 'en', says: 'English' },
} as const;

/** The pages that were made: they do not change while the server runs. */
const made = new Map<keyof typeof PAGES, Answer>();

/** Only these links lead somewhere from here: to a place of the same page, and to other servers. */
const target: Target = (to) => (/^#|^https?:/.test(to) ? to : undefined);

/**
 * docs/operating.md as a page with an anchor for each heading: where the links of alerts and of the live page lead.
 *
 * @param url as it is asked for; `?lang=zh` or `?lang=en` chooses
 * @param languages that the browser prefers
 */
export function runbook(url: string, languages = ''): Answer {
  const [, asked] = /[?&]lang=(en|zh)\b/.exec(url) ?? [];
  const language = asked === undefined ? preferred(languages) : asked === 'zh' ? 'zh' : 'en';
  const known = made.get(language) ?? pageIn(language);
  if (known.status === 200) made.set(language, known);
  return known;
}

function pageIn(language: keyof typeof PAGES): Answer {
  const { path, other, says } = PAGES[language];
  if (!existsSync(packageFile(path)))
    return { status: 404, type: 'text/plain', body: `${path} is not here\n` };
  const body = htmlOf(packageText(path), target);
  const start = `<!doctype html><html lang="${language}"><head><meta charset="utf-8"><title>chat-server: ${path}</title>`;
  const head = `${start}<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark"><link rel="icon" href="data:,"><link rel="stylesheet" href="admin.css"></head>`;
  const links = `<nav><a href="./">chat-server</a> <a href="runbook?lang=${other}">${says}</a></nav>`;
  return {
    status: 200,
    type: 'text/html; charset=utf-8',
    body: `${head}<body class="runbook">${links}<main>${body}</main></body></html>`,
  };
}

function preferred(languages: string): 'en' | 'zh' {
  return /^\s*zh\b/i.test(languages) ? 'zh' : 'en';
}
