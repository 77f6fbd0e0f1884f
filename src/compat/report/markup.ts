import { packageText } from '../../ops/package.js';
import { printable } from '../../text/printable.js';
import type { Text } from '../finding.js';
import { type Line, picture } from './picture.js';
import { type Language, WORDS } from './words.js';

/** The most of what came that is shown as a text, in characters: an answer may have megabytes. */
const MOST = 2000;

/** The policy of a page: it loads nothing that is not in it. */
const POLICY = "default-src 'none'; style-src 'unsafe-inline'; script-src 'unsafe-inline'";

/** One page that needs nothing else; it begins in the language that is given. */
export function pageOf(title: Text, language: Language, main: readonly string[]): string {
  return frame(title, language, main, {
    head: `<meta http-equiv="Content-Security-Policy" content="${POLICY}">\n<style>${packageText('assets/report.css')}</style>`,
    foot: `<script>${packageText('assets/report.js')}</script>`,
  });
}

/** The same with its style and its scripts from elsewhere. */
export function frame(
  title: Text,
  language: Language,
  main: readonly string[],
  { head, foot }: { readonly head: string; readonly foot: string },
): string {
  return [
    '<!doctype html>',
    `<html lang="${language === 'zh' ? 'zh-CN' : 'en'}" data-en="${html(title.en)}" data-zh="${html(title.zh)}">`,
    '<head>',
    '<meta charset="utf-8">',
    '<meta name="viewport" content="width=device-width, initial-scale=1">',
    head,
    `<title>${html(title[language])}</title>`,
    '</head>',
    '<body>',
    `<header><h1>${both(title)}</h1><button id="language" type="button">English</button></header>`,
    '<main>',
    ...main,
    '</main>',
    foot,
    '</body>',
    '</html>',
    '',
  ].join('\n');
}

/** The subject of a report: words, and the kind of each. */
export function facts(rows: readonly (readonly [word: Text, value: string])[]): string {
  return `<dl>${rows.map(([word, value]) => `<dt>${both(word)}</dt><dd>${shown(value)}</dd>`).join('')}</dl>`;
}

/** A time as a report has it, to the minute. */
export function toTheMinute(date: string): string {
  return date.slice(0, 16).replace('T', ' ');
}

/** A text byte by byte, where it differs from another one. */
export function block(word: Text, id: string, text: string, other: string): string {
  const lines = picture(text, other).map(line).join('\n');
  return `<div>${both(word)}: ${shown(text)}</div><pre tabindex="0" aria-label="${html(`${word.en}, ${id}`)}">${lines}</pre>`;
}

function line({ offset, bytes }: Line): string {
  const cell = (text: string, differs: boolean) => (differs ? `<mark>${html(text)}</mark>` : html(text));
  const hex = bytes.map((byte) => cell(byte.hex, byte.differs)).join(' ');
  const blanks = '   '.repeat(16 - bytes.length);
  const text = bytes.map((byte) => cell(byte.character, byte.differs)).join('');
  return `${offset.toString(16).padStart(4, '0')}  ${hex}${blanks}  ${text}`;
}

/** A text that a server wrote. */
export function shown(text: string): string {
  if (text === '') return both(WORDS.nothing);
  return `<code>${html(printable(text, MOST))}</code>`;
}

/** A text of the tool's own in both languages: the page shows one. */
export function both({ en, zh }: Text): string {
  return en === zh ? html(en) : `<span lang="en">${html(en)}</span><span lang="zh-CN">${html(zh)}</span>`;
}

/** A text for HTML. */
export function html(text: string): string {
  const entities: Readonly<Record<string, string>> = {
    '&': '&amp;',
    '<': '&lt;',
    '>': '&gt;',
    '"': '&quot;',
  };
  return text.replaceAll(/[&<>"]/g, (character) => entities[character] ?? character);
}
