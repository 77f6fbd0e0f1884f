/*
 * The Markdown of this project's own pages as HTML: headings with anchors, paragraphs, lists, tables, blocks of
 * code; in a line code, bold text and links. Everything else is text.
 */

/** The target of a link, by its target in the text; undefined where it leads nowhere from here. */
export type Target = (to: string) => string | undefined;

interface Block {
  readonly html: string;
  /** How many lines it is long. */
  readonly length: number;
}

/** Makes a block that begins with the first line; undefined where none of its kind does. */
type Reader = (lines: readonly string[], target: Target) => Block | undefined;

/** A block's kind is the first of these that reads it; what is left is a paragraph. */
const READERS: readonly Reader[] = [code, heading, table, listOf('ul', /^- /), listOf('ol', /^\d+\. /)];

/** A page as HTML. */
export function htmlOf(markdown: string, target: Target): string {
  return blocks(markdown.split('\n'), target);
}

/** The anchor of a heading, as GitHub makes it. */
export function anchorOf(title: string): string {
  return title
    .toLowerCase()
    .replace(/[^\p{L}\p{N}\s_-]/gu, '')
    .replace(/\s/g, '-');
}

function blocks(lines: readonly string[], target: Target): string {
  const all: string[] = [];
  for (let at = 0; at < lines.length; ) {
    const rest = lines.slice(at);
    const block = rest[0]?.trim() === '' ? { html: '', length: 1 } : read(rest, target);
    all.push(block.html);
    at += block.length;
  }
  return all.join('');
}

function read(lines: readonly string[], target: Target): Block {
  for (const reader of READERS) {
    const block = reader(lines, target);
    if (block !== undefined) return block;
  }
  const length = lengthOf(lines, 1, (line) => line.trim() !== '' && !begins(line));
  return { html: `<p>${inline(lines.slice(0, length).join('\n'), target)}</p>\n`, length };
}

/** Whether a line ends a paragraph. */
function begins(line: string): boolean {
  return /^(?:#{1,3} |- |\d+\. |\||```)/.test(line);
}

/** How many lines are as they should be; the first `begin` ones are. */
function lengthOf(lines: readonly string[], begin: number, isPart: (line: string) => boolean): number {
  let length = begin;
  while (length < lines.length && isPart(lines[length] ?? '')) length++;
  return length;
}

function code(lines: readonly string[]): Block | undefined {
  if (!lines[0]?.startsWith('```')) return undefined;
  const end = lengthOf(lines, 1, (line) => !line.startsWith('```'));
  const text = lines.slice(1, end).join('\n');
  return { html: `<pre><code>${escaped(text)}</code></pre>\n`, length: end + 1 };
}

function heading(lines: readonly string[], target: Target): Block | undefined {
  const [, marks, title = ''] = /^(#{1,3}) (.+)$/.exec(lines[0] ?? '') ?? [];
  if (marks === undefined) return undefined;
  const level = marks.length;
  return { html: `<h${level} id="${anchorOf(title)}">${inline(title, target)}</h${level}>\n`, length: 1 };
}

function table(lines: readonly string[], target: Target): Block | undefined {
  if (!lines[0]?.startsWith('|') || !/^\|[-:| ]+\|$/.test(lines[1] ?? '')) return undefined;
  const length = lengthOf(lines, 2, (line) => line.startsWith('|'));
  const [head = '', , ...body] = lines.slice(0, length);
  const row = (line: string, tag: string) => {
    const cells = line.replace(/^\||\|$/g, '').split(/(?<!\\)\|/);
    const all = cells.map((cell) => `<${tag}>${inline(cell.trim().replaceAll('\\|', '|'), target)}</${tag}>`);
    return `<tr>${all.join('')}</tr>\n`;
  };
  const rows = body.map((line) => row(line, 'td')).join('');
  return { html: `<table><thead>${row(head, 'th')}</thead><tbody>${rows}</tbody></table>\n`, length };
}

/** Items begin with a mark; what belongs to one stands indented below it. */
function listOf(tag: string, mark: RegExp): Reader {
  return (lines, target) => {
    if (!mark.test(lines[0] ?? '')) return undefined;
    const length = lengthOf(lines, 1, (line) => mark.test(line) || /^ |^$/.test(line));
    const items: string[][] = [];
    for (const line of lines.slice(0, length)) {
      const [marked = ''] = mark.exec(line) ?? [];
      if (marked !== '') items.push([line.slice(marked.length)]);
      else items.at(-1)?.push(line.trimStart() === '' ? '' : line.replace(/^ {1,3}/, ''));
    }
    const html = items.map((item) => `<li>${blocks(item, target)}</li>\n`).join('');
    return { html: `<${tag}>${html}</${tag}>\n`, length };
  };
}

const INLINE = /(`+)(.+?)\1|\*\*(.+?)\*\*|\[([^\]]*)\]\(([^)\s]+)\)/gs;

function inline(text: string, target: Target): string {
  let html = '';
  let end = 0;
  for (const found of text.matchAll(INLINE)) {
    const [all, , verbatim, bold, label, to = ''] = found;
    html += escaped(text.slice(end, found.index));
    if (verbatim !== undefined) html += `<code>${escaped(verbatim)}</code>`;
    else if (bold !== undefined) html += `<strong>${inline(bold, target)}</strong>`;
    else html += linked(inline(label ?? '', target), target(to));
    end = found.index + all.length;
  }
  return html + escaped(text.slice(end));
}

function linked(label: string, href: string | undefined): string {
  return href === undefined ? label : `<a href="${escaped(href)}">${label}</a>`;
}

function escaped(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
