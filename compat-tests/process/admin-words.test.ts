import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import ts from 'typescript';
import { concern } from '../../src/doors/certificate.js';
import { REQUESTS } from '../../src/protocol/verbs.js';

/** The live page shows these. */
const LEVELS = ['warn', 'error', 'fatal'];

/** The texts of the log that the live page shows and that the source has as such; those with parts up to the first. */
function textsIn(file: string): string[] {
  const found: string[] = [];
  const visit = (node: ts.Node): void => {
    ts.forEachChild(node, visit);
    if (!ts.isCallExpression(node) || !ts.isPropertyAccessExpression(node.expression)) return;
    const { name, expression: owner } = node.expression;
    const last = node.arguments.at(-1);
    if (last === undefined || !LEVELS.includes(name.text) || !/\blog$/i.test(owner.getText())) return;
    if (ts.isStringLiteralLike(last)) found.push(last.text);
    else if (ts.isTemplateExpression(last)) found.push(last.head.text);
  };
  visit(ts.createSourceFile(file, readFileSync(file, 'utf8'), ts.ScriptTarget.Latest, true));
  return found.filter((text) => text !== '');
}

function sources(): string[] {
  return readdirSync('src', { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts') && !file.endsWith('.test.ts'))
    .map((file) => join('src', file));
}

interface Chinese {
  readonly texts: Record<string, string>;
  readonly names: Record<string, string>;
}

function chinese(): Chinese | undefined {
  const scope: { WORDS?: { zh: Chinese } } = {};
  new Function('globalThis', readFileSync('assets/words.js', 'utf8'))(scope);
  return scope.WORDS?.zh;
}

t.test('the live page has each request in Chinese, too', async (t) => {
  const names = chinese()?.names ?? {};
  t.same(
    REQUESTS.filter((verb) => !Object.hasOwn(names, verb)),
    [],
    'these have to be added to the names in assets/words.js',
  );
});

t.test('the live page has each warning and error of the log in Chinese, too', async (t) => {
  const known = Object.keys(chinese()?.texts ?? {});
  const isKnown = (text: string) =>
    known.some((key) => (key.endsWith(' ') ? text.startsWith(key) : text === key));
  const texts = sources().flatMap(textsIn);
  t.ok(texts.length > 20, `${texts.length} are found`);
  t.same(
    texts.filter((text) => !isKnown(text)),
    [],
    'these have to be added to the texts in assets/words.js',
  );
  const validities = [
    { from: 0, until: 1 },
    { from: 0, until: 10 },
    { from: 5, until: 10 },
  ];
  for (const validity of validities)
    t.ok(isKnown(concern(validity, 2)?.text ?? ''), JSON.stringify(validity));
});
