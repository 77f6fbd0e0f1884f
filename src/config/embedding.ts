import { OPTIONS, type Option } from '../options.js';
import { fallbackOf, flagOf } from './describe.js';
import { ConfigError } from './error.js';
import type { Given, Source } from './settings.js';
import { didYouMean } from './suggest.js';

/** Options of a process of its own: a program has its own processes, pages and signals. */
const COMMAND_LINE_ONLY: readonly string[] = [
  'workers',
  'admin',
  'admin-host',
  'admin-peers',
  'admin-token',
  'drain',
];

/** Options whose values on the command line stand for numbers, wherever they stand. */
const NUMBERS: readonly string[] = ['N', 'MS', 'BYTES', 'SECONDS', 'DAYS'];

/** Options whose rule makes another value of the written one. */
const WRITTEN: readonly string[] = ['dialect', 'tls', 'web', 'web-origin', 'proxy-from'];

/** The options that `createChatServer` takes, by their names there. */
export const EMBEDDED: ReadonlyMap<string, string> = new Map(
  Object.entries<Option>(OPTIONS)
    .filter(([name, { only }]) => only === undefined && !COMMAND_LINE_ONLY.includes(name))
    .map(([name]) => [camelCase(name), name]),
);

/**
 * Options of `createChatServer` as a source of values. Throws ConfigError for one that is unknown or of a wrong type.
 *
 * @param others the other names that it takes
 */
export function embedded(options: Readonly<Record<string, unknown>>, others: readonly string[]): Source {
  const given = new Map<string, Given>();
  for (const [origin, value] of Object.entries(options)) {
    if (value === undefined) continue;
    const name = EMBEDDED.get(origin);
    if (name === undefined) throw new ConfigError(unknown(origin, others));
    checkType(origin, value, typeOf(name));
    given.set(name, { text: String(value), origin });
  }
  return (name) => given.get(name);
}

/** Throws ConfigError for a value that is of another type. */
export function checkType(option: string, value: unknown, wanted: 'string' | 'number' | 'boolean'): void {
  if (typeof value === wanted) return;
  const isNumber = wanted === 'number' && typeof value === 'string' && /^\d{1,15}$/.test(value);
  const meant = isNumber ? `; did you mean ${option}: ${value} without quotes?` : '';
  throw new ConfigError(`${option}: must be a ${wanted}, is ${what(value)}${meant}`);
}

function unknown(option: string, others: readonly string[]): string {
  const names = Object.keys(OPTIONS);
  const flag = names.find((name) => option === name || option === camelCase(name));
  if (flag !== undefined && !EMBEDDED.has(camelCase(flag)))
    return `${option}: only the command chat-server has it (--${flag})`;
  return `unknown option ${option}${didYouMean(option, [...others, ...EMBEDDED.keys()])}`;
}

function what(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value === 'object') return Array.isArray(value) ? 'a list' : 'an object';
  return typeof value === 'string' ? 'a string' : String(value);
}

function typeOf(name: string): 'string' | 'number' | 'boolean' {
  const { value } = (OPTIONS as Record<string, Option>)[name] ?? {};
  if (value === undefined) return 'boolean';
  return NUMBERS.includes(value) ? 'number' : 'string';
}

/** The text of src/embed-options.ts: an editor shows what stands above an option. */
export function embeddedOptions(): string {
  const members = [...EMBEDDED].map(([option, name]) => {
    const rule = (OPTIONS as Record<string, Option>)[name] as Option;
    const type = WRITTEN.includes(name) ? 'string' : `Settings['${name}']`;
    const fallback = fallbackOf(rule);
    const about = `\`${flagOf(name, rule)}\`${fallback && `, ${fallback} unless given`}: ${rule.help}.`;
    return `${comment(about)}  readonly ${option}?: ${type};\n`;
  });
  return `import type { Settings } from './options.js';

/** The options of the command line, in camelCase. Made by \`npm run docs\`; a test fails when it is not current. */
export interface NamedOptions {
${members.join('')}}
`;
}

/** A doc comment of lines that are not longer than the others. */
function comment(text: string): string {
  if (text.length <= 100) return `  /** ${text} */\n`;
  const lines = text.match(/.{1,100}(?: |$)/g) ?? [];
  return `  /**\n${lines.map((line) => `   * ${line.trimEnd()}\n`).join('')}   */\n`;
}

function camelCase(name: string): string {
  return name.replace(/-(.)/g, (_dash, letter: string) => letter.toUpperCase());
}
