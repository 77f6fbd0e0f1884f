import { ConfigError } from './config/error.js';
import { LOG_LEVELS } from './ops/log.js';

/** Takes a line of the log: its fields, and its text. */
type Take = (fields: Readonly<Record<string, unknown>>, text: string) => void;

/** A logger of the program's: pino, the one of fastify, or a few functions. */
export interface ChatLogger {
  readonly fatal?: Take;
  readonly error: Take;
  readonly warn: Take;
  readonly info: Take;
  readonly debug: Take;
  readonly trace?: Take;
}

type Level = keyof ChatLogger;

/** By pino's numbers: 60, 50… */
const LEVELS: readonly Level[] = LOG_LEVELS.filter((level) => level !== 'silent');

/** Gives the lines of the log to a logger. One that throws loses that line, and nothing else. Throws ConfigError. */
export function logInto(logger: ChatLogger): { write(line: string): void } {
  for (const level of ['error', 'warn', 'info', 'debug'] as const)
    if (typeof logger?.[level] !== 'function') throw new ConfigError(`logger: has no function ${level}`);
  return {
    write: (line) => {
      try {
        const { level, time: _, pid: __, msg, ...fields } = JSON.parse(line);
        const name = LEVELS[6 - level / 10] ?? 'error';
        const taking = logger[name] === undefined ? NEAREST[name] : name;
        logger[taking as 'error'](fields, String(msg ?? ''));
      } catch (error) {
        process.emitWarning(error instanceof Error ? error : String(error));
      }
    },
  };
}

/** The function that is called where a logger has none for a level. */
const NEAREST: Partial<Record<Level, Level>> = { fatal: 'error', trace: 'debug' };
