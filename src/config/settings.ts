import type { z } from 'zod';
import { OPTIONS, type Option, type OptionName, type Settings } from '../options.js';
import { redacted } from '../text/secrets.js';
import { ConfigError } from './error.js';
import { fileTwin } from './names.js';
import { readSecret } from './secrets.js';

/** A value as it was given, and what to call it in a message. */
export interface Given {
  readonly text: string;
  readonly origin: string;
}

/** Where values come from: the first that has one wins. */
export type Source = (name: string) => Given | undefined;

/** The settings that the sources give, checked, the defaults for all others. Throws ConfigError. */
export function readSettings(sources: readonly Source[]): Settings {
  const entries = Object.keys(OPTIONS).map((name) => [name, readOption(name as OptionName, sources)]);
  const settings = Object.fromEntries(entries) as Settings;
  checkTogether(settings);
  return settings;
}

function readOption(name: OptionName, sources: readonly Source[]): unknown {
  const option: Option = OPTIONS[name];
  const given = find(name, option, sources);
  const result = option.rule.safeParse(given?.text);
  if (result.success) return result.data;
  throw new ConfigError(complaint(given, option, result.error));
}

/** A secret may stand in a file; a source that has both is asked for the value itself. */
function find(name: string, { secret }: Option, sources: readonly Source[]): Given | undefined {
  for (const source of sources) {
    const given = source(name) ?? (secret ? fromFile(source(fileTwin(name))) : undefined);
    if (given !== undefined) return given;
  }
}

function fromFile(file: Given | undefined): Given | undefined {
  return file && { text: readSecret(file.text, file.origin), origin: `${file.origin} ${file.text}` };
}

function complaint(given: Given | undefined, { secret }: Option, error: z.ZodError): string {
  const problem = error.issues[0]?.message ?? 'is not valid';
  const value = secret ? '' : ` ${redacted(given?.text ?? '')}:`;
  return `${given?.origin}${value} ${problem}`;
}

/** Settings that are fine by themselves and dangerous, or not enough, together. */
function checkTogether(settings: Settings): void {
  const { tls, 'tls-cert': cert, 'tls-key': key } = settings;
  const given = [tls, cert, key].filter((option) => option !== undefined).length;
  if (given !== 0 && given !== 3) throw new ConfigError('--tls, --tls-cert and --tls-key go together');
  const { 'mysql-pool': pool, workers } = settings;
  if (pool !== undefined && pool < workers)
    throw new ConfigError(
      `--mysql-pool ${pool} is too few for --workers ${workers}: each needs a connection`,
    );
  if (settings['drop-in'] || settings.mysql !== undefined) return;
  if (settings.spool !== undefined)
    throw new ConfigError(
      '--spool keeps what waits for MySQL, and the embedded database is a file itself: leave it out',
    );
  if (settings.redis === undefined) return;
  throw new ConfigError(
    '--redis joins nodes of one database, and an embedded one belongs to one node: give --mysql as well, ' +
      'or leave --redis out; several processes on one machine are --workers N',
  );
}
