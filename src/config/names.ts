import { OPTIONS, type Option } from '../options.js';

/** The environment twin of an option: --log-level is CHAT_LOG_LEVEL. */
export function variableName(option: string): string {
  return `CHAT_${option.toUpperCase().replaceAll('-', '_')}`;
}

/** Every option of the command line, those included that name a file with the value of another one. */
export function optionNames(): string[] {
  return Object.entries<Option>(OPTIONS).flatMap(([name, { secret }]) =>
    secret ? [name, fileTwin(name)] : [name],
  );
}

/** The option that names a file with the value of this one, so that no command line shows it. */
export function fileTwin(option: string): string {
  return `${option}-file`;
}

/** The two arguments of the original, which can stand in the environment and in a file too. */
export const PLACE_NAMES = ['ip', 'port'] as const;
