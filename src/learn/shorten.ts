import { isDeepStrictEqual } from 'node:util';
import { BUILT_IN, type BuiltIn } from '../dialect/builtin.js';
import type { DialectFile } from '../dialect/file.js';
import { spelledOut } from '../dialect/spelled.js';

type Tree = { readonly [key: string]: unknown };

/** The shortest file with the same meaning: all that is in the dialect that it extends is left out. */
export function shorten(file: DialectFile): DialectFile {
  const files = (Object.keys(BUILT_IN) as BuiltIn[]).flatMap((base) => {
    const rest = inFull(file, without(file, spelledOut({ extends: base })));
    const short = base === 'original' ? rest : { extends: base, ...rest };
    return saysNoMore(base, file) ? [short] : [];
  });
  const size = (one: DialectFile) => JSON.stringify(one).length;
  return files.sort((a, b) => size(a) - size(b))[0] ?? file;
}

/** When one number differs, all numbers are in the file: its reader wants to see them together. */
function inFull(file: DialectFile, rest: DialectFile): DialectFile {
  const { requests, replies } = file;
  return rest.requests || rest.replies
    ? { ...rest, ...(requests && { requests }), ...(replies && { replies }) }
    : rest;
}

/** Whether everything of a dialect is in the file, too, but for parts that were not seen. */
function saysNoMore(base: BuiltIn, file: DialectFile): boolean {
  const own = without(BUILT_IN[base], spelledOut({})) as DialectFile;
  const { requests, replies, absentId, ...rest } = own;
  const verbs = Object.keys(requests ?? {}).filter((verb) => Object.hasOwn(file.requests ?? {}, verb));
  const isSame = verbs.every((verb) => (file.requests as Tree)[verb] === (requests as Tree)[verb]);
  return isSame && isDeepStrictEqual(without(rest, file), {});
}

/** A tree without the leaves that another one has as well. */
function without(tree: Tree, other: Tree): Tree {
  const left: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(tree)) {
    const known = other[key];
    if (isTree(value) && isTree(known)) {
      const rest = without(value, known);
      if (Object.keys(rest).length > 0) left[key] = rest;
    } else if (value !== undefined && !isDeepStrictEqual(value, known) && !isEmpty(value)) left[key] = value;
  }
  return left;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isEmpty(value: unknown): boolean {
  return isTree(value) && Object.keys(value).length === 0;
}
