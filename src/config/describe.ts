import { GROUPS, OPTIONS, type Option } from '../options.js';
import { fileTwin, variableName } from './names.js';

/** One line of the help text, and one row of the reference page. */
export interface Described {
  readonly name: string;
  /** `--pace MS` */
  readonly flag: string;
  readonly variable: string;
  readonly fallback: string;
  readonly help: string;
}

/** All options, by the title of their group, each file twin after its option. */
export function describeAll(): Map<string, Described[]> {
  const groups = Object.entries(GROUPS).map(([group, title]) => [title, describeGroup(group)] as const);
  return new Map(groups);
}

function describeGroup(group: string): Described[] {
  const options = Object.entries<Option>(OPTIONS).filter(([, option]) => option.group === group);
  return options.flatMap(([name, option]) => [
    describe(name, option, fallbackOf(option)),
    ...(option.secret
      ? [describe(fileTwin(name), { value: 'FILE', help: `a file with the value of --${name}` }, '')]
      : []),
  ]);
}

function describe(name: string, option: Pick<Option, 'value' | 'help'>, fallback: string): Described {
  const { help } = option;
  return { name, flag: flagOf(name, option), variable: variableName(name), fallback, help };
}

/** An option as its usage shows it: `--pace MS`. */
export function flagOf(name: string, { value }: Pick<Option, 'value'>): string {
  return `--${name} ${value ?? ''}`.trim();
}

/** The default as it would be written; empty for none, and for a switch. */
export function fallbackOf({ rule, value, fallback }: Option): string {
  if (fallback !== undefined) return fallback;
  const { data } = rule.safeParse(undefined);
  return value === undefined || data === undefined ? '' : String(data);
}
