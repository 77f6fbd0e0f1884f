import { BUILT_IN, isBuiltIn } from './builtin.js';
import type { DialectFile } from './file.js';
import { fingerprintOf } from './fingerprint.js';
import { refusalsOf } from './refusals.js';

type Tree = { readonly [key: string]: unknown };

/** A file, completed by the dialect that it extends. */
export function inherited(file: DialectFile): DialectFile {
  return merge(merge(BUILT_IN.original, extended(file)), file);
}

/** The same; and in a dialect that is none of the built-in ones, what no file says of refusals. */
export function complete(file: DialectFile): DialectFile {
  const plain = inherited(file);
  if (builtIn().has(fingerprintOf(plain))) return plain;
  const named = extended(file);
  const results = refusalsOf(merge(named, file), BUILT_IN.original.results ?? {});
  return merge(merge(merge(BUILT_IN.original, { results }), named), file);
}

function extended({ extends: base = 'original' }: DialectFile): DialectFile {
  return isBuiltIn(base) && base !== 'original' ? BUILT_IN[base] : {};
}

/** The fingerprints of the built-in dialects. */
function builtIn(): ReadonlySet<string> {
  const files: readonly DialectFile[] = Object.values(BUILT_IN);
  return new Set(files.map((file) => fingerprintOf(merge(BUILT_IN.original, file))));
}

/** `file`, completed by `base`, group by group. */
function merge(base: DialectFile, file: DialectFile): DialectFile {
  const merged = mergeTrees(base, file) as DialectFile;
  return { ...merged, requests: requests(base, file), replies: replies(base, file) };
}

/** A number that the file gives to a request is taken from the request that had it. */
function requests(base: DialectFile, file: DialectFile): NonNullable<DialectFile['requests']> {
  const given = new Set(Object.values(file.requests ?? {}));
  const kept = Object.entries(base.requests ?? {}).filter(([, number]) => !given.has(number));
  return { ...Object.fromEntries(kept), ...file.requests };
}

/**
 * A heartbeat that the file gives a number has the reply that the file gives it, or none: the clients of a fork know no
 * other.
 */
function replies(base: DialectFile, file: DialectFile): NonNullable<DialectFile['replies']> {
  const { heartbeat, ...others } = base.replies ?? {};
  const isSame = file.requests?.heartbeat === undefined;
  return { ...others, ...(isSame && heartbeat !== undefined && { heartbeat }), ...file.replies };
}

function mergeTrees(base: Tree, over: Tree): Tree {
  const merged: Record<string, unknown> = { ...base };
  for (const [key, value] of Object.entries(over)) {
    const before = base[key];
    merged[key] = isTree(before) && isTree(value) ? mergeTrees(before, value) : value;
  }
  return merged;
}

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
