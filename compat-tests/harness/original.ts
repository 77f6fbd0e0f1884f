import { fileURLToPath } from 'node:url';
import t from 'tap';
import { inOwnNetwork } from './apart.js';

/** The original's programs, by the variables that say where they are. */
const PROGRAMS = { CHAT_ORIGINAL: 'ChatServer', CHAT_ORIGINAL_CLIENT: 'ChatClient' } as const;

/**
 * Runs a file of tests for which the original's programs are needed, as one test of this name, in a network of its
 * own: the ports that are compiled into them are free there. It is skipped when one of them is not given.
 */
export function withOriginal(name: string, file: URL, needed: readonly (keyof typeof PROGRAMS)[]): void {
  const missing = needed.find((variable) => process.env[variable] === undefined);
  if (missing !== undefined) {
    const skip = `${missing} does not say where its ${PROGRAMS[missing]} is`;
    t.test(name, { skip }, () => undefined);
    return;
  }
  t.spawn(...inOwnNetwork([fileURLToPath(file)]), {}, name);
}
