import { parseArgs } from 'node:util';
import { z } from 'zod';
import { didYouMean } from '../config/suggest.js';
import { printable } from '../text/printable.js';
import { hostAndPort } from './address.js';
import { LOAD_OPTIONS, type LoadSettings } from './load/options.js';
import { OPTIONS, type Option, type Settings } from './options.js';
import { RECORD_OPTIONS, type RecordSettings, type RecordValues } from './record/options.js';
import type { Place } from './replay/party.js';
import { SHADOW_OPTIONS, type ShadowSettings } from './shadow/options.js';

/** The order of the command line. */
export type Order =
  | { readonly do: 'help' | 'version' }
  | { readonly do: 'test'; readonly place: Required<Place> | undefined; readonly settings: Settings }
  | { readonly do: 'load'; readonly place: Required<Place>; readonly settings: LoadSettings }
  | { readonly do: 'record'; readonly file: string; readonly settings: RecordSettings }
  | { readonly do: 'shadow'; readonly settings: ShadowSettings };

/** The command line cannot be used; the message says why in a line. */
export class WrongUse extends Error {}

type Table = Readonly<Record<string, Option>>;

/** The options of each command. */
const TABLES = { test: OPTIONS, load: LOAD_OPTIONS, record: RECORD_OPTIONS, shadow: SHADOW_OPTIONS } as const;

const place = z.string().transform(hostAndPort);

/** Reads the command line. Throws WrongUse. */
export function readOrder(args: readonly string[]): Order {
  const [first = ''] = args;
  const command = isCommand(first) ? first : undefined;
  const table = TABLES[command ?? 'test'];
  const { given, words } = cut(command === undefined ? args : args.slice(1), table);
  if (given.has('help')) return { do: 'help' };
  if (given.has('version')) return { do: 'version' };
  const values = Object.fromEntries(
    Object.entries(table).map(([name, option]) => [name, read(name, option, given.get(name))]),
  );
  const [address, ...more] = words;
  if (more.length > 0)
    throw new WrongUse(
      `what is ${printable(more[0] ?? '')}? One ${command === 'record' ? 'FILE' : 'HOST:PORT'} at a time`,
    );
  if (command === 'record') return recordOrder(address, values as RecordValues);
  if (command === 'shadow') return shadowOrder(address, values as Values<ShadowSettings>);
  if (command === 'load')
    return { do: 'load', place: readPlace(address ?? ''), settings: values as LoadSettings };
  const settings = values as Settings;
  if (address === undefined && !settings.list) throw new WrongUse('which server? chat-compat HOST:PORT');
  check(settings);
  return { do: 'test', place: address === undefined ? undefined : readPlace(address), settings };
}

function isCommand(word: string): word is Exclude<keyof typeof TABLES, 'test'> {
  return word !== 'test' && Object.hasOwn(TABLES, word);
}

function recordOrder(file: string | undefined, { to, capture, listen, dialect }: RecordValues): Order {
  if (file !== undefined && to !== undefined && capture === undefined)
    return { do: 'record', file, settings: { to, listen, dialect } };
  if (file !== undefined && to === undefined && capture !== undefined)
    return { do: 'record', file, settings: { capture, dialect } };
  throw new WrongUse(
    'what is recorded, and where to? chat-compat record --to HOST:PORT FILE, or --capture CAPTURE FILE',
  );
}

/** Options as they are read: nothing says yet that those are there that must be. */
type Values<Settings> = { readonly [Name in keyof Settings]: Settings[Name] | undefined };

function shadowOrder(address: string | undefined, settings: Values<ShadowSettings>): Order {
  const { to, shadow } = settings;
  if (address !== undefined || to === undefined || shadow === undefined)
    throw new WrongUse('which servers? chat-compat shadow --to HOST:PORT --shadow HOST:PORT');
  return { do: 'shadow', settings: { ...(settings as ShadowSettings), to, shadow } };
}

function check(settings: Settings): void {
  if (settings.mysql !== undefined && !settings['may-empty-the-database'])
    throw new WrongUse(
      '--mysql: every table of that database is emptied; say so with --may-empty-the-database',
    );
}

function readPlace(text: string): Required<Place> {
  const read = place.safeParse(text);
  if (!read.success) throw new WrongUse(`${printable(text)} is not HOST:PORT`);
  return read.data;
}

/** Cuts it into words and options. */
function cut(args: readonly string[], table: Table) {
  const names = Object.keys(table);
  const named = names.map(
    (name) => [name, { type: table[name]?.value === undefined ? 'boolean' : 'string' }] as const,
  );
  const { tokens, positionals: words } = parseArgs({
    args: [...args],
    allowPositionals: true,
    strict: false,
    tokens: true,
    options: {
      ...Object.fromEntries(named),
      help: { type: 'boolean', short: 'h' },
      version: { type: 'boolean', short: 'V' },
    },
  });
  const given = new Map<string, string>();
  for (const token of tokens)
    if (token.kind === 'option')
      given.set(token.name, givenValue(table, token.name, token.rawName, token.value));
  return { given, words };
}

function givenValue(table: Table, name: string, rawName: string, value: string | undefined): string {
  const known = [...Object.keys(table), 'help', 'version'];
  if (!known.includes(name)) {
    const near = didYouMean(
      rawName,
      known.map((option) => `--${option}`),
    );
    throw new WrongUse(`unknown option ${printable(rawName)}${near}`);
  }
  const wanted = table[name]?.value;
  if (wanted === undefined) return value ?? 'true';
  if (value === undefined || /^--/.test(value))
    throw new WrongUse(`--${name} needs a value: --${name} ${wanted}`);
  return value;
}

function read(name: string, { rule }: Option, value: string | undefined): unknown {
  const result = rule.safeParse(value);
  if (result.success) return result.data;
  const problems = result.error.issues.map(({ message }) => message).join('\n');
  throw new WrongUse(`--${name} ${name === 'mysql' ? '' : printable(value ?? '')}: ${problems}`);
}

/** The text of --help. */
export function usage(): string {
  const line = (left: string, help: string) => `  ${left.padEnd(28)} ${help}`;
  const flags = (table: Table) =>
    Object.entries(table).map(([name, { value, help }]) =>
      line([`--${name}`, value].filter(Boolean).join(' '), help),
    );
  return [
    'usage: chat-compat HOST:PORT [options]',
    '       chat-compat load HOST:PORT [options]',
    '       chat-compat record --to HOST:PORT [options] FILE',
    '       chat-compat record --capture CAPTURE [options] FILE',
    '       chat-compat shadow --to HOST:PORT --shadow HOST:PORT [options]',
    '',
    'Tests a server of the cluster chat server’s family, in whatever language it is written: makes accounts on it, and',
    'asks it one thing after the other. Each answer is the same as the original’s, or differs on purpose (a number in',
    'docs/DIFFERENCES.md), or is wrong. It leaves the accounts behind, so do not run it against a server in use.',
    '',
    ...flags(OPTIONS),
    line('--help, --version', 'show this, show the version'),
    '',
    'With load, a server is put under load, and what it loses is counted:',
    '',
    ...flags(LOAD_OPTIONS),
    '',
    'With record, clients of yours talk to a server through it until Ctrl-C, or did so while tcpdump heard them, and FILE',
    'is what --recording takes:',
    '',
    ...flags(RECORD_OPTIONS),
    '',
    'With shadow, clients talk to a server through it until Ctrl-C, and a second server gets the same, on a copy of the',
    'database. What the two answer is compared; the clients see and wait for the first one only:',
    '',
    ...flags(SHADOW_OPTIONS),
    '',
    'Exit status: 0 all is the same or differs on purpose, 1 something is wrong or lost, 2 it could not be tested.',
    '',
    'Examples:',
    '  chat-compat 127.0.0.1:6000',
    '  chat-compat 127.0.0.1:6000 --start "./ChatServer 127.0.0.1 6000" --html report.html',
  ].join('\n');
}
