import { type Again, again } from './config/again.js';
import { type Arguments, readArguments } from './config/arguments.js';
import { ConfigError } from './config/error.js';
import { configFile } from './config/file.js';
import { type Place, readPlace } from './config/place.js';
import { readSettings, type Source } from './config/settings.js';
import { didYouMean } from './config/suggest.js';
import { isTool, TOOLS, type ToolName } from './config/tools.js';
import { checkVariables, variables } from './config/variables.js';
import { OPTIONS, type Option, type Settings } from './options.js';
import { redacted } from './text/secrets.js';

export { ConfigError };

/** The settings that the server was started with. */
export interface Config extends Settings, Place {
  /** Accounts that the page logs in to by itself: for `demo` alone. */
  readonly demo?: { readonly ids: readonly number[]; readonly password: string };
}

export type Command =
  | { readonly run: 'serve'; readonly config: Config }
  | {
      readonly run: ToolName;
      readonly settings: Settings;
      readonly words: readonly string[];
      /** For `check`, where the server listens, if that is given. */
      readonly place: Place | undefined;
      /** Other commands with the same options. */
      readonly again: Again;
    }
  /** `of` is the command whose help is asked for; undefined for the help of all. */
  | { readonly run: 'help'; readonly of: ToolName | undefined }
  | { readonly run: 'version' | 'too few arguments' };

/** Reads arguments and environment; an argument wins over its environment twin. Throws ConfigError. */
export function readCommand(args: readonly string[], env: NodeJS.ProcessEnv): Command {
  const given = readArguments(args);
  const [first, ...words] = given.words;
  if (given.options.has('help')) return { run: 'help', of: isTool(first) ? first : undefined };
  if (given.options.has('version')) return { run: 'version' };
  checkVariables(env);
  const sources = withFile([flags(given), variables(env)]);
  checkBelongs(given, isTool(first) ? first : 'serve');
  if (isTool(first)) return readTool(first, words, sources, again(given));
  return readServe(given.words, sources);
}

/** An option that neither an argument nor a variable gives may stand in a file that one of them names. */
function withFile(sources: readonly Source[]): Source[] {
  const file = sources.map((source) => source('config')).find((given) => given !== undefined);
  return file === undefined ? [...sources] : [...sources, configFile(file.text, file.origin)];
}

/** Throws ConfigError for an option that belongs to another command. */
function checkBelongs({ options }: Arguments, command: string): void {
  for (const name of options.keys()) {
    const only = (OPTIONS as Record<string, Option>)[name]?.only;
    if (only?.includes(command) === false) throw new ConfigError(`--${name} goes with ${only.join(' or ')}`);
  }
}

function flags({ options }: Arguments): Source {
  return (name) => {
    const text = options.get(name);
    return text === undefined ? undefined : { text, origin: `--${name}` };
  };
}

function readTool(
  run: ToolName,
  words: readonly string[],
  sources: readonly Source[],
  again: Again,
): Command {
  const { words: counts, usage }: { words: readonly number[]; usage: string } = TOOLS[run];
  if (!counts.includes(words.length)) throw new ConfigError(`usage: chat-server ${usage} [options]`);
  const place = run === 'check' ? readPlaceIfGiven(words, sources) : undefined;
  return { run, words, place, again, settings: readSettings(sources) };
}

function readPlaceIfGiven(words: readonly string[], sources: readonly Source[]): Place | undefined {
  const [ip = place('ip', sources), port = place('port', sources)] = words;
  return ip === undefined || port === undefined ? undefined : readPlace(ip, port);
}

function readServe(words: readonly string[], sources: readonly Source[]): Command {
  const [ip = place('ip', sources), port = place('port', sources), extra] = words;
  const near = didYouMean(words[0] ?? '', Object.keys(TOOLS));
  if (near !== '') throw new ConfigError(`unknown command ${redacted(words[0] ?? '')}${near}`);
  if (ip === undefined || port === undefined) return { run: 'too few arguments' };
  if (extra !== undefined) throw new ConfigError(`unexpected argument: ${redacted(extra)}`);
  return { run: 'serve', config: { ...readPlace(ip, port), ...readSettings(sources) } };
}

function place(name: string, sources: readonly Source[]): string | undefined {
  return sources.map((source) => source(name)?.text).find((text) => text !== undefined);
}
