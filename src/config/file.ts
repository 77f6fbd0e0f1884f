import { parse } from 'smol-toml';
import { ConfigError } from './error.js';
import { optionNames, PLACE_NAMES } from './names.js';
import { readText } from './secrets.js';
import type { Source } from './settings.js';
import { didYouMean } from './suggest.js';

/** A config file (TOML) as a source of values. Throws ConfigError when it cannot be read, or says what cannot be. */
export function configFile(path: string, origin: string): Source {
  const values = parseFile(path, readText(path, origin));
  const known = [...optionNames(), ...PLACE_NAMES];
  for (const name of Object.keys(values)) {
    if (!known.includes(name)) {
      throw new ConfigError(`${path}: unknown setting ${name}${didYouMean(name, known)}`);
    }
  }
  return (name) => {
    const value = values[name];
    return value === undefined ? undefined : { text: String(value), origin: `${path}: ${name}` };
  };
}

function parseFile(path: string, text: string): Record<string, unknown> {
  try {
    return parse(text);
  } catch (error) {
    // The rest of the message shows the line itself, which may hold a password.
    const [first = ''] = String((error as Error).message).split('\n');
    const { line } = error as { line?: number };
    throw new ConfigError(`${path}, line ${line}: ${first.replace(/^Invalid TOML document: /, '')}`);
  }
}
