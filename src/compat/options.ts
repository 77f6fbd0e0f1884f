import { z } from 'zod';
import { dialect, toggle, url, wholeNumber } from '../config/rules.js';
import { databaseUrlProblem } from '../config/url.js';
import { hostAndPort } from './address.js';

/** One option of chat-compat: what follows its flag (nothing for a switch), its rule and default, its line of help. */
export interface Option {
  readonly value?: string;
  readonly rule: z.ZodType;
  readonly help: string;
}

const file = z.string().min(1, 'is empty').optional();

/** Every option of `chat-compat` by its flag: the one place that flags and help come from. */
export const OPTIONS = {
  dialect: {
    value: 'NAME|FILE',
    rule: z.string().default('original').transform(dialect),
    help: 'how the server speaks: original, early, distributed-chat-servers, or a file (docs/dialects.md)',
  },
  second: {
    value: 'HOST:PORT',
    rule: z.string().transform(hostAndPort).optional(),
    help: 'another node on the same database: cases of two nodes are run, too',
  },
  start: {
    value: 'COMMAND',
    rule: z.string().min(1, 'is empty').optional(),
    help: 'starts the server by this line of shell, in its foreground, and again after each case that ends it',
  },
  mysql: {
    value: 'URL',
    rule: url(databaseUrlProblem).optional(),
    help: 'its database: recorded rows are loaded, and tables compared; what was in it is gone',
  },
  'may-empty-the-database': {
    rule: toggle,
    help: 'goes with --mysql; also sends what makes a server with a hole drop its tables',
  },
  only: {
    value: 'PART,...',
    rule: z.string().optional(),
    help: 'only cases whose ids begin so: framing, or stored/chinese',
  },
  recording: {
    value: 'FILE,...',
    rule: file,
    help: 'plays what chat-compat record has written, in place of the cases',
  },
  list: { rule: toggle, help: 'lists the cases, and asks no server' },
  timeout: {
    value: 'SECONDS',
    rule: z.coerce.number('is not a number').min(0.1, 'is below 0.1').max(600, 'is above 600').default(5),
    help: 'the longest wait for an answer (default 5)',
  },
  seed: { value: 'N', rule: wholeNumber(0, 1_000_000).default(0), help: 'chooses other inputs of a kind' },
  lang: {
    value: 'LANG',
    rule: z.enum(['en', 'zh'], 'is neither en nor zh').optional(),
    help: 'en or zh; as the system says unless given',
  },
  json: { value: 'FILE', rule: file, help: 'writes what was found as JSON' },
  junit: { value: 'FILE', rule: file, help: 'writes it as JUnit’s XML, for CI' },
  html: { value: 'FILE', rule: file, help: 'writes it as one page that needs nothing else' },
} as const satisfies Record<string, Option>;

type Options = typeof OPTIONS;
export type OptionName = keyof Options;
/** The value of every option. */
export type Settings = { readonly [Name in OptionName]: z.output<Options[Name]['rule']> };
