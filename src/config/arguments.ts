import { parseArgs } from 'node:util';
import { OPTIONS, type Option } from '../options.js';
import { redacted } from '../text/secrets.js';
import { ConfigError } from './error.js';
import { optionNames } from './names.js';
import { didYouMean } from './suggest.js';

/** A command line, cut into its words and its options: a switch has the value `true`. */
export interface Arguments {
  readonly words: readonly string[];
  readonly options: ReadonlyMap<string, string>;
}

/** Those that are no settings. */
const OTHERS = ['config', 'help', 'version'];

/** Cuts a command line. Throws ConfigError for an option that is unknown or has no value. */
export function readArguments(args: readonly string[]): Arguments {
  const { tokens, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: { ...types(), help: { type: 'boolean', short: 'h' }, version: { type: 'boolean', short: 'V' } },
  });
  const options = new Map<string, string>();
  for (const token of tokens) {
    if (token.kind === 'option') options.set(token.name, given(token));
  }
  return { words: positionals, options };
}

function types() {
  const named = [...optionNames(), 'config'].map(
    (name) => [name, { type: placeholder(name) ? 'string' : 'boolean' }] as const,
  );
  return Object.fromEntries(named);
}

/** The placeholder for the value of an option in its usage; undefined for a switch. */
function placeholder(name: string): string | undefined {
  if (name === 'config' || (name.endsWith('-file') && !(name in OPTIONS))) return 'FILE';
  return (OPTIONS as Record<string, Option>)[name]?.value;
}

interface Given {
  readonly name: string;
  readonly rawName: string;
  readonly value?: string | undefined;
  readonly inlineValue?: boolean | undefined;
}

function given({ name, rawName, value, inlineValue }: Given): string {
  const known = [...optionNames(), ...OTHERS];
  if (!known.includes(name)) {
    const near = didYouMean(
      rawName,
      known.map((option) => `--${option}`),
    );
    throw new ConfigError(`unknown option ${redacted(rawName)}${near}`);
  }
  const wanted = placeholder(name);
  if (wanted === undefined) return value ?? 'true';
  // An argument that looks like the next option is not a value, unless it is written with `=`; a negative number is
  // one.
  if (value === undefined || (inlineValue === false && /^-\D/.test(value))) {
    throw new ConfigError(`--${name} needs a value: --${name} ${wanted}`);
  }
  return value;
}
