import { z } from 'zod';
import {
  address,
  dialect,
  networks,
  number,
  origins,
  peers,
  toggle,
  url,
  wholeNumber,
} from './config/rules.js';
import { databaseUrlProblem, redisUrlProblem } from './config/url.js';
import { LOG_LEVELS } from './ops/log.js';
import { LOG_FORMATS } from './ops/sink.js';

/** The subjects of options: the parts of the help text and of docs/configuration.md. */
export const GROUPS = {
  database: 'Database',
  nodes: 'Several nodes, several processes',
  clients: 'Clients',
  operation: 'Operation',
} as const;

/** One option: what follows its flag (nothing for a switch), its rule and default, and its line of help. */
export interface Option {
  readonly group: keyof typeof GROUPS;
  readonly value?: string;
  readonly rule: z.ZodType;
  readonly help: string;
  /** The default as it is written, where the rule makes something else of it. */
  readonly fallback?: string;
  /** Never shown, and it can also stand in a file that an option of the same name with `-file` names. */
  readonly secret?: true;
  /** The only commands that take it; all do unless given. */
  readonly only?: readonly string[];
}

/** Every option by its flag: the one place that flags, variables, files, help and reference come from. */
export const OPTIONS = {
  data: {
    group: 'database',
    value: 'FILE',
    rule: z.string().min(1, 'is empty').default('chat.db'),
    help: 'embedded database; :memory: keeps nothing',
  },
  mysql: {
    group: 'database',
    value: 'URL',
    rule: url(databaseUrlProblem).optional(),
    help: 'MySQL or MariaDB instead: mysql://user:password@host:port[,host:port...]/database',
    secret: true,
  },
  'mysql-charset': {
    group: 'database',
    value: 'NAME',
    rule: z.enum(['gbk', 'utf8mb4'], 'is neither gbk nor utf8mb4').default('gbk'),
    help: 'gbk as the original, or utf8mb4',
  },
  'mysql-pool': {
    group: 'database',
    value: 'N',
    rule: wholeNumber(1, 1000).optional(),
    fallback: '8 for each worker',
    help: 'most connections to the database, of all workers together',
  },
  spool: {
    group: 'database',
    value: 'FILE',
    rule: z.string().min(1, 'is empty').optional(),
    help: 'what waits while MySQL is away is kept in this file, too: it survives kill -9',
  },
  history: {
    group: 'database',
    value: 'DAYS',
    rule: number(0, 36_500, 0),
    help: 'keep what is written so long, for clients that ask for it; 0 for not at all',
  },
  'drop-in': {
    group: 'database',
    rule: toggle,
    help: "the original's own: MySQL root:123456@127.0.0.1:3306/chat, Redis 127.0.0.1:6379",
  },
  utf8mb4: {
    group: 'database',
    rule: toggle,
    help: 'with init: change columns that cannot hold every text to utf8mb4',
    only: ['init'],
  },
  'original-tables': {
    group: 'database',
    rule: toggle,
    help: "with init: make missing tables exactly as the original's chat.sql, which holds little Chinese",
    only: ['init'],
  },
  fix: {
    group: 'database',
    rule: toggle,
    help: 'with check: mend what is safe to mend',
    only: ['check'],
  },
  'all-stopped': {
    group: 'database',
    rule: toggle,
    help: 'with check --fix: no node of this database runs, so nobody is online',
    only: ['check'],
  },
  redis: {
    group: 'nodes',
    value: 'URL',
    rule: url(redisUrlProblem).optional(),
    help: 'Redis that joins several nodes: redis://host:port, redis-cluster://, redis-sentinel://',
    secret: true,
  },
  name: {
    group: 'nodes',
    value: 'NAME',
    rule: z
      .string()
      .regex(/^[\w.:-]{1,60}$/, 'is not made of 1 to 60 letters, digits and the characters _ . : -')
      .optional(),
    fallback: 'host:port',
    help: 'what this node is called: on its page, and in each line of its log',
  },
  workers: {
    group: 'nodes',
    value: 'N',
    rule: number(1, 64, 1),
    help: 'processes that share the port',
  },
  dialect: {
    group: 'clients',
    value: 'NAME|FILE',
    rule: z.string().default('original').transform(dialect),
    fallback: 'original',
    help: 'how the clients speak: original, early, distributed-chat-servers, or a file',
  },
  listen: {
    group: 'clients',
    value: '[IP:]PORT',
    rule: z.string().default('6000').transform(address),
    fallback: '6000',
    help: 'with dialect learn: where the clients connect to',
    only: ['dialect'],
  },
  to: {
    group: 'clients',
    value: 'IP:PORT',
    rule: z.string().transform(address).optional(),
    help: "with dialect learn: the fork's own server, whose answers are learned as well",
    only: ['dialect'],
  },
  capture: {
    group: 'clients',
    value: 'FILE',
    rule: z.string().optional(),
    help: 'with dialect learn: a capture of clients and their server (pcap) to learn from',
    only: ['dialect'],
  },
  pace: {
    group: 'clients',
    value: 'MS',
    rule: number(0, 1000, 5),
    help: 'least gap between two writes to one client; 0 for none',
  },
  'client-buffer': {
    group: 'clients',
    value: 'BYTES',
    rule: z.coerce
      .number('is not a number')
      .int('is not a whole number')
      .max(1 << 24, `is above ${1 << 24}`)
      .refine((bytes) => bytes === 0 || bytes >= 64, 'is neither 0 nor at least 64')
      .optional(),
    fallback: "1024, or the dialect's",
    help: 'what a client reads at once, for login replies; 0 for no limit',
  },
  'max-message': {
    group: 'clients',
    value: 'BYTES',
    rule: number(64, 1 << 28, 65_536),
    help: 'longest message of a client',
  },
  'max-kept': {
    group: 'clients',
    value: 'BYTES',
    rule: number(1 << 20, 2 ** 40, 1 << 28),
    help: 'memory for messages that have not arrived yet; then their senders wait',
  },
  recall: {
    group: 'clients',
    value: 'SECONDS',
    rule: number(0, 86_400, 120),
    help: 'how long who has sent a message may take it back, for clients that can; 0 for never',
  },
  'friend-requests': {
    group: 'clients',
    rule: toggle,
    help: 'who adds a friend asks it first; for clients that can answer, the same on all nodes',
  },
  'max-friends': {
    group: 'clients',
    value: 'N',
    rule: number(0, 1_000_000, 2000),
    help: 'most friends of an account; 0 for no limit',
  },
  'max-groups': {
    group: 'clients',
    value: 'N',
    rule: number(0, 1_000_000, 200),
    help: 'most groups that an account makes and joins; 0 for no limit',
  },
  'max-members': {
    group: 'clients',
    value: 'N',
    rule: number(0, 1_000_000, 5000),
    help: 'most members of a group; 0 for no limit',
  },
  'groups-per-hour': {
    group: 'clients',
    value: 'N',
    rule: number(0, 1_000_000, 100),
    help: 'most groups that an account makes in an hour on one node; 0 for no limit',
  },
  idle: {
    group: 'clients',
    value: 'SECONDS',
    rule: number(0, 1_000_000, 0),
    help: 'close a connection that is silent for so long; 0 for never',
  },
  heartbeat: {
    group: 'clients',
    value: 'SECONDS',
    rule: number(0, 1_000_000, 60),
    help: 'close who has sent a heartbeat, and then nothing three times as long; 0 for never',
  },
  'login-within': {
    group: 'clients',
    value: 'SECONDS',
    rule: number(0, 1_000_000, 900),
    help: 'close a connection on which nobody is logged in for so long; 0 for never',
  },
  'strangers-per-address': {
    group: 'clients',
    value: 'N',
    rule: number(0, 10_000_000, 0),
    help: 'most connections of one address (IPv6: /64) where nobody is logged in; 0 for half of all',
  },
  'login-failures': {
    group: 'clients',
    value: 'N',
    rule: number(0, 1_000_000, 30),
    help: 'failed logins in a row before they are slowed down; 0 for no limit',
  },
  'trust-client-ids': {
    group: 'clients',
    rule: toggle,
    help: 'believe every id in a message, as the original does',
  },
  tls: {
    group: 'clients',
    value: '[IP:]PORT',
    rule: z.string().transform(address).optional(),
    help: 'a second port, with TLS, on the IP of the first one unless another is given',
  },
  'tls-cert': {
    group: 'clients',
    value: 'FILE',
    rule: z.string().optional(),
    help: 'its certificate, with those that vouch for it (PEM); SIGHUP reads it again',
  },
  'tls-key': {
    group: 'clients',
    value: 'FILE',
    rule: z.string().optional(),
    help: 'the key of the certificate (PEM)',
  },
  web: {
    group: 'clients',
    value: '[IP:]PORT',
    rule: z.string().transform(address).optional(),
    help: 'a page to chat with in a browser, on 127.0.0.1 unless an IP is given; with --tls-cert it is https',
  },
  'web-origin': {
    group: 'clients',
    value: 'ORIGIN,...',
    rule: z.string().transform(origins).optional(),
    help: 'pages of other servers that may chat here, as https://www.example.com',
  },
  'proxy-from': {
    group: 'clients',
    value: 'IP[/BITS],...',
    rule: z.string().transform(networks).optional(),
    help: 'proxies that say by the PROXY protocol (v1, v2), or X-Forwarded-For, whom they speak for',
  },
  drain: {
    group: 'operation',
    value: 'SECONDS',
    rule: number(0, 3600, 0),
    help: 'when it is stopped, end the connections over so long: not everybody comes back at once',
  },
  'shutdown-timeout': {
    group: 'operation',
    value: 'SECONDS',
    rule: number(1, 3600, 60),
    help: 'the longest that a stop may take, --drain aside; it ends when all is done',
  },
  admin: {
    group: 'operation',
    value: '[IP:]PORT',
    rule: z.string().transform(address).optional(),
    help: 'metrics, health and a live page, on 127.0.0.1 unless an IP is given',
  },
  'admin-host': {
    group: 'operation',
    value: 'NAME,...',
    rule: z.string().optional(),
    help: 'names with a dot by which the admin port is asked; addresses and others are taken as they are',
  },
  'admin-peers': {
    group: 'operation',
    value: '[HOST:]PORT,...',
    rule: z.string().transform(peers).optional(),
    help: 'admin ports of other nodes: shown on the page; users, user, kick, say ask them too',
  },
  'admin-token': {
    group: 'operation',
    value: 'TOKEN',
    rule: z.string().min(16, 'is shorter than 16 characters').optional(),
    help: 'at least 16 characters; lets who has it list users, end their connections and speak to all',
    secret: true,
  },
  running: {
    group: 'operation',
    rule: toggle,
    help: 'with check: only ask whether the server answers, as the health check of a container',
    only: ['check'],
  },
  for: {
    group: 'operation',
    value: 'MINUTES',
    rule: wholeNumber(1, 10_080).optional(),
    help: 'with kick: the user may not log in again for so long, on any node',
    only: ['kick'],
  },
  nginx: {
    group: 'operation',
    value: 'FILE',
    rule: z.string().optional(),
    help: 'with check: look at a configuration of nginx as well',
    only: ['check'],
  },
  'log-level': {
    group: 'operation',
    value: 'LEVEL',
    rule: z.enum(LOG_LEVELS, `is none of ${LOG_LEVELS.join(', ')}`).default('info'),
    help: LOG_LEVELS.join(', '),
  },
  'log-format': {
    group: 'operation',
    value: 'FORMAT',
    rule: z.enum(LOG_FORMATS, `is none of ${LOG_FORMATS.join(', ')}`).default('auto'),
    help: 'text for a person, json for programs; auto: text on a terminal, or else json',
  },
  'log-file': {
    group: 'operation',
    value: 'FILE',
    rule: z.string().min(1, 'is empty').optional(),
    help: 'where the log goes instead of standard output; SIGHUP opens it anew',
  },
} as const satisfies Record<string, Option>;

type Options = typeof OPTIONS;
export type OptionName = keyof Options;
/** The value of every option. */
export type Settings = { readonly [Name in OptionName]: z.output<Options[Name]['rule']> };
