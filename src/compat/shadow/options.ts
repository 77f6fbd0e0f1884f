import { z } from 'zod';
import { dialect, wholeNumber } from '../../config/rules.js';
import { hostAndPort } from '../address.js';
import type { Option } from '../options.js';
import { RECORD_OPTIONS } from '../record/options.js';

const file = z.string().min(1, 'is empty').optional();

/** Every option of `chat-compat shadow` by its flag. */
export const SHADOW_OPTIONS = {
  to: {
    value: 'HOST:PORT',
    rule: z.string().transform(hostAndPort).optional(),
    help: 'the server that the clients talk to: they see no other',
  },
  shadow: {
    value: 'HOST:PORT',
    rule: z.string().transform(hostAndPort).optional(),
    help: 'the server that gets the same, on a copy of the database: its answers are compared',
  },
  listen: RECORD_OPTIONS.listen,
  dialect: {
    value: 'NAME|FILE',
    rule: z.string().default('original').transform(dialect),
    help: 'how the clients and both servers speak',
  },
  seconds: {
    value: 'N',
    rule: wholeNumber(1, 31_536_000).optional(),
    help: 'ends after so long; by Ctrl-C unless given',
  },
  timeout: {
    value: 'SECONDS',
    rule: z.coerce.number('is not a number').min(0.1, 'is below 0.1').max(600, 'is above 600').default(10),
    help: 'after so long what only one server has said is a difference (default 10)',
  },
  page: {
    value: 'PORT',
    rule: wholeNumber(0, 65_535).optional(),
    help: 'shows what is found on a page, to browsers of this machine',
  },
  lang: {
    value: 'LANG',
    rule: z.enum(['en', 'zh'], 'is neither en nor zh').optional(),
    help: 'en or zh; as the system says unless given',
  },
  json: { value: 'FILE', rule: file, help: 'writes what was found as JSON' },
  html: { value: 'FILE', rule: file, help: 'writes it as one page that needs nothing else' },
} as const satisfies Record<string, Option>;

type Values = {
  readonly [Name in keyof typeof SHADOW_OPTIONS]: z.output<(typeof SHADOW_OPTIONS)[Name]['rule']>;
};
/** The value of every option of `shadow`. */
export type ShadowSettings = Values & {
  readonly to: NonNullable<Values['to']>;
  readonly shadow: NonNullable<Values['shadow']>;
};
