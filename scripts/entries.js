// A loader's hook: each function of dist tells by `globalThis.entered` that it is entered, with its file and its name.
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import ts from 'typescript';

const DIST = new URL('../dist/', import.meta.url);

/** @type {import('node:module').LoadHook} */
export async function load(url, context, next) {
  const loaded = await next(url, context);
  if (!url.startsWith(DIST.href)) return loaded;
  const file = relative(fileURLToPath(DIST), fileURLToPath(url))
    .replaceAll('\\', '/')
    .replace(/\.js$/, '.ts');
  return { ...loaded, source: told(file, String(loaded.source)) };
}

/**
 * The source of a module, with a call at the beginning of each function.
 *
 * @param {string} file
 * @param {string} source
 */
function told(file, source) {
  const tree = ts.createSourceFile(file, source, ts.ScriptTarget.Latest, true, ts.ScriptKind.JS);
  /** @type {[at: number, text: string][]} */
  const inserted = [];
  const look = (/** @type {ts.Node} */ node) => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const body = /** @type {ts.Node} */ (node.body);
      const call = `globalThis.entered?.(${JSON.stringify(file)}, ${JSON.stringify(nameOf(node))})`;
      if (ts.isBlock(body)) inserted.push([body.getStart() + 1, `${call};`]);
      else inserted.push([body.getStart(), `(${call}, `], [body.getEnd(), ')']);
    }
    ts.forEachChild(node, look);
  };
  look(tree);
  // The last insertion is made first, so that places before it stay where they are.
  inserted.sort(([a], [b]) => b - a);
  for (const [at, text] of inserted) source = source.slice(0, at) + text + source.slice(at);
  return source;
}

/** @param {ts.Node} node */
function nameOf(node) {
  const named = 'name' in node && node.name !== undefined ? node : node.parent;
  const name = 'name' in named ? /** @type {ts.Node | undefined} */ (named.name) : undefined;
  return name?.getText() ?? '(without a name)';
}
