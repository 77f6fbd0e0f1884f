import { z } from 'zod';
import { dialect, number, wholeNumber } from '../../config/rules.js';
import { hostAndPort } from '../address.js';
import type { Option } from '../options.js';
import { SCENARIOS } from './scenarios.js';

const file = z.string().min(1, 'is empty').optional();
const NAMES = Object.keys(SCENARIOS);

/** Every option of `chat-compat load` by its flag. */
export const LOAD_OPTIONS = {
  scenario: {
    value: 'NAME',
    rule: z
      .string()
      .refine((name) => NAMES.includes(name), `is none of ${NAMES.join(', ')}`)
      .default('one-to-one'),
    help: `${NAMES.join(', ')} (default one-to-one)`,
  },
  clients: { value: 'N', rule: number(2, 10_000, 50), help: 'pairs, members or connections (default 50)' },
  seconds: { value: 'N', rule: number(1, 86_400, 10), help: 'how long it is measured (default 10)' },
  rate: {
    value: 'N',
    rule: wholeNumber(1, 10_000_000).optional(),
    help: 'so many messages a second, whatever arrives; as fast as they arrive unless given',
  },
  pid: {
    value: 'N',
    rule: wholeNumber(1, 2 ** 31).optional(),
    help: 'the server’s process on this machine: its CPU and memory are told, too',
  },
  compare: {
    value: 'HOST:PORT',
    rule: z.string().transform(hostAndPort).optional(),
    help: 'another server, measured in turns with the first, three times each',
  },
  dialect: {
    value: 'NAME|FILE',
    rule: z.string().default('original').transform(dialect),
    help: 'how the servers speak',
  },
  timeout: {
    value: 'SECONDS',
    rule: z.coerce.number('is not a number').min(0.1, 'is below 0.1').max(600, 'is above 600').default(5),
    help: 'after so long a message that has not arrived counts as lost (default 5)',
  },
  lang: {
    value: 'LANG',
    rule: z.enum(['en', 'zh'], 'is neither en nor zh').optional(),
    help: 'en or zh; as the system says unless given',
  },
  json: { value: 'FILE', rule: file, help: 'writes the figures as JSON, those of each second, too' },
  html: {
    value: 'FILE',
    rule: file,
    help: 'writes them as one page with pictures, which needs nothing else',
  },
} as const satisfies Record<string, Option>;

type Options = typeof LOAD_OPTIONS;
/** The value of every option of `load`. */
export type LoadSettings = { readonly [Name in keyof Options]: z.output<Options[Name]['rule']> };
