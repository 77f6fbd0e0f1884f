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
  capture: {
    value: 'FILE',
    rule: z.string().min(1, 'is empty').optional(),
    help: 'in the place of --to: a capture of clients and their server (pcap); nothing is connected to',
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

/** The value of every option of `record`. */
export type RecordValues = {
  readonly [Name in keyof typeof RECORD_OPTIONS]: z.output<(typeof RECORD_OPTIONS)[Name]['rule']>;
};
/** What is recorded, a server or a capture, and how it speaks. */
export type RecordSettings = Pick<RecordValues, 'dialect'> &
  (
    | (Pick<RecordValues, 'listen'> & { readonly to: NonNullable<RecordValues['to']> })
    | { readonly capture: string }
  );
