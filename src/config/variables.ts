import { ConfigError } from './error.js';
import { optionNames, PLACE_NAMES, variableName } from './names.js';
import type { Source } from './settings.js';
import { nearest } from './suggest.js';

/** The environment as a source of values. An empty variable counts as one that is not set. */
export function variables(env: NodeJS.ProcessEnv): Source {
  return (name) => {
    const text = env[variableName(name)];
    return text ? { text, origin: variableName(name) } : undefined;
  };
}

/** Throws ConfigError for a variable that is none of ours and looks like a mistyped one. */
export function checkVariables(env: NodeJS.ProcessEnv): void {
  const known = [...optionNames(), ...PLACE_NAMES, 'config'].map(variableName);
  for (const name of Object.keys(env)) {
    if (!name.startsWith('CHAT_') || known.includes(name)) continue;
    const meant = nearest(name, known);
    if (meant !== undefined) throw new ConfigError(`unknown variable ${name}; did you mean ${meant}?`);
  }
}
