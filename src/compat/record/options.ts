import { z } from 'zod';
import { address, dialect } from '../../config/rules.js';
import { hostAndPort } from '../address.js';
import type { Option } from '../options.js';

/** Every option of `chat-compat record` by its flag. */
export const RECORD_OPTIONS = {
  to: {
    value: 'HOST:PORT',
    rule: z.string().transform(hostAndPort).optional(),
    help: 'the server that the clients talk to; nothing else is connected to',
  },
  listen: {
    value: '[IP:]PORT',
    rule: z.string().default('0').transform(address),
    help: 'where the clients connect to: a port of this machine alone (127.0.0.1) unless an IP is given',
  },
  dialect: {
    value: 'NAME|FILE',
    rule: z.string().default('original').transform(dialect),
    help: 'how the clients and the server speak',
  },
} as const satisfies Record<string, Option>;

type Values = {
  readonly [Name in keyof typeof RECORD_OPTIONS]: z.output<(typeof RECORD_OPTIONS)[Name]['rule']>;
};
/** The value of every option of `record`. */
export type RecordSettings = Values & { readonly to: NonNullable<Values['to']> };
