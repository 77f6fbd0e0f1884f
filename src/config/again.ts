import { basename, relative } from 'node:path';
import { OPTIONS, type Option } from '../options.js';
import { shellWord } from '../text/shell.js';
import type { Arguments } from './arguments.js';
import { fileTwin } from './names.js';

/** Makes a command line of this program, to be pasted into the shell that the one before came from. */
export type Again = (words: readonly string[], extra?: readonly string[]) => string;

/**
 * Other commands with the options of a command line, as far as they take them. No secret is shown: one that stood in
 * the command line itself is asked for, and kept in a file.
 */
export function again({ options }: Arguments): Again {
  return (words, extra = []) => {
    const asked: string[] = [];
    const kept = [...options].filter(([name]) => takes(words[0] ?? '', name) && !extra.includes(`--${name}`));
    const flags = kept.map(([name, value]) => {
      if (!isSecret(name) || isHarmless(value)) return flag(name, value);
      asked.push(
        `(umask 077; echo ${shellWord(`The value of --${name}:`)}; IFS= read -r it; echo "$it" >chat-${name})`,
      );
      return flag(fileTwin(name), `chat-${name}`);
    });
    const command = [programName(), ...words.map(shellWord), ...extra, ...flags].join(' ');
    return [...asked, command].join(' && ');
  };
}

/** The call of this program in a shell: as a command, by npm, or by the path of its file. */
export function programName(argv = process.argv, env = process.env): string {
  const [node = 'node', file = ''] = argv;
  if (env.npm_lifecycle_event === 'start') return 'npm start --';
  if (!file.endsWith('.js')) return shellWord(basename(file) || 'chat-server');
  return `${shellWord(basename(node))} ${shellWord(relative(process.cwd(), file))}`;
}

/** Options that commands heed; those that are not here heed all. */
const HEEDED: Readonly<Record<string, readonly string[]>> = {
  init: ['config', 'data', 'mysql', 'mysql-file', 'mysql-charset', 'drop-in', 'dialect'],
};

/** Whether a command takes an option, and heeds it. */
function takes(command: string, name: string): boolean {
  if (HEEDED[command]?.includes(name) === false) return false;
  const only = (OPTIONS as Readonly<Record<string, Option>>)[name]?.only;
  return only === undefined || only.includes(command);
}

function isSecret(name: string): boolean {
  return (OPTIONS as Readonly<Record<string, Option>>)[name]?.secret ?? false;
}

/** A URL that only says where something is. */
function isHarmless(value: string): boolean {
  if (!URL.canParse(value)) return false;
  const { host, username, password, search } = new URL(value);
  return host !== '' && username === '' && password === '' && search === '';
}

function flag(name: string, value: string): string {
  const isSwitch =
    name !== 'config' && (OPTIONS as Readonly<Record<string, Option>>)[name]?.value === undefined;
  if (isSwitch && !name.endsWith('-file'))
    return value === 'true' ? `--${name}` : `--${name}=${shellWord(value)}`;
  return value.startsWith('-') ? `--${name}=${shellWord(value)}` : `--${name} ${shellWord(value)}`;
}
