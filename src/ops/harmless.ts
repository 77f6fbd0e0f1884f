import { printable, printableLines } from '../text/printable.js';

/**
 * The most characters of a field, of a text in it, of a text, of where an error came from; the most items of a list;
 * the most characters of a field that has parts, all together.
 */
const MOST = { field: 1000, inner: 300, text: 1000, stack: 4000, items: 20, nested: 1000 };
/** Values that lie deeper in a field are not shown. */
const DEPTH = 3;
/** So deep lie the fields themselves: among them commands that a person copies. */
const OUTER = DEPTH - 1;

/** An error of the log, as one field. */
export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack: string;
  readonly code?: string | number;
}

/**
 * The arguments of the log, made harmless: each text in them is printable and of bounded length, whoever wrote it.
 * This is the only way into the log, so that every line of it, text or JSON, and the live page are harmless as well.
 *
 * @param args fields and a text, an error and a text, or only a text
 */
export function harmless(args: readonly unknown[]): unknown[] {
  return args.map((arg) => (typeof arg === 'string' ? printable(arg, MOST.text) : fieldsOf(arg)));
}

function fieldsOf(given: unknown): unknown {
  return given instanceof Error ? { err: errorOf(given) } : shownOf(given, DEPTH);
}

function shownOf(value: unknown, depth: number): unknown {
  if (typeof value === 'string') return printable(value, depth < OUTER ? MOST.inner : MOST.field);
  if (value instanceof Error) return errorOf(value);
  if (typeof value === 'bigint' || typeof value === 'symbol' || typeof value === 'function')
    return printable(String(value), MOST.field);
  if (typeof value !== 'object' || value === null) return value;
  if (depth === 0) return '…';
  if (Array.isArray(value)) return value.slice(0, MOST.items).map((item) => shownOf(item, depth - 1));
  const entries = Object.entries(value).slice(0, MOST.items);
  const show = depth === DEPTH ? fieldOf : (inner: unknown) => shownOf(inner, depth - 1);
  return Object.fromEntries(entries.map(([name, inner]) => [printable(name, MOST.field), show(inner)]));
}

/** A field with many parts, each of them short enough, would make a line without end. */
function fieldOf(value: unknown): unknown {
  const shown = shownOf(value, DEPTH - 1);
  if (typeof shown !== 'object' || shown === null || value instanceof Error) return shown;
  const text = JSON.stringify(shown);
  return text.length <= MOST.nested ? shown : printable(text, MOST.field);
}

/** Its message with those of its causes; of one without any, its code or its name. */
function saidBy(error: NodeJS.ErrnoException, depth = DEPTH): string {
  const { message, code, name, cause } = error;
  const own = String(message || code || name);
  return cause instanceof Error && depth > 0 ? `${own}: ${saidBy(cause, depth - 1)}` : own;
}

/** An error in a few fields: what else libraries hang on theirs, such as statements and rows, is nobody's business. */
function errorOf(error: Error): LoggedError {
  const { name, message, stack = '' } = error;
  const { code } = error as NodeJS.ErrnoException;
  const shown = printable(saidBy(error), MOST.text);
  // The message may look like further lines of the stack.
  const frames = stack.includes(message) ? stack.slice(stack.indexOf(message) + message.length) : '';
  const from = printableLines(frames.slice(0, MOST.stack), MOST.field);
  const type = printable(name, MOST.field);
  return {
    type,
    message: shown,
    stack: `${type}: ${shown}${from}`,
    ...((typeof code === 'string' || typeof code === 'number') && { code: shownOf(code, 0) as string }),
  };
}
