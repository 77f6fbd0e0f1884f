import type { ChatUser, LoginAttempt, Program, WantedMessage } from './chat/program.js';
import { ConfigError } from './config/error.js';
import { guarded } from './net/guard.js';
import type { Outcome } from './ops/metrics.js';

/** A message on its way to one user. */
export interface MessageEvent {
  /** The receiver. A message to a group comes once for each member. */
  readonly to: number;
  /** Where it went: to a user of this server, to another node, or into the database until the user logs in. */
  readonly outcome: Outcome;
  /** The document that the user gets: of the original's clients `id`, `name`, `msg`, `time`, and `groupid` in a group. */
  readonly document: Readonly<Record<string, unknown>>;
}

/**
 * The events that a program is told, and its decisions. It is told and asked within this process, one thing after
 * another.
 */
export interface ProgramOptions {
  /**
   * Decides who may log in to an account: true lets them in, false does not, undefined leaves it to the account's
   * password. When it throws, or does not answer within `patience`, that one login fails.
   */
  readonly authenticate?: (attempt: LoginAttempt) => boolean | undefined | Promise<boolean | undefined>;
  /**
   * Decides whether a message may be sent: only true lets it through. The client's next message waits for that. When it
   * throws, or does not answer within `patience`, that one message is not sent.
   */
  readonly allow?: (message: WantedMessage) => boolean | Promise<boolean>;
  /** How long `authenticate` and `allow` may take, in ms; 5000 unless given. */
  readonly patience?: number;
  /** A user has logged in. An error that this function, or one below, throws is logged. */
  readonly onLogin?: (user: ChatUser) => void;
  /** A user has logged out, or its connection has closed. */
  readonly onLogout?: (user: ChatUser) => void;
  /** A message went somewhere. Each costs a copy: leave it out where nobody needs it. */
  readonly onMessage?: (message: MessageEvent) => void;
}

const FUNCTIONS = ['authenticate', 'allow', 'onLogin', 'onLogout', 'onMessage'] as const;
const PATIENCE = 5000;
/** The longest time that a timer can have. */
const MOST = 2 ** 31 - 1;

/** The names of ProgramOptions. */
export const PROGRAM_OPTIONS: readonly string[] = [...FUNCTIONS, 'patience'];

/** The parts that a program takes part in; undefined for none. Throws ConfigError. */
export function programOf(options: ProgramOptions): Program | undefined {
  for (const name of FUNCTIONS)
    if (options[name] !== undefined && typeof options[name] !== 'function')
      throw new ConfigError(`${name}: must be a function, is ${String(options[name])}`);
  const { authenticate, allow, patience = PATIENCE, onLogin, onLogout, onMessage } = options;
  if (!Number.isInteger(patience) || patience < 1 || patience > MOST)
    throw new ConfigError(`patience: must be a number of milliseconds, is ${String(patience)}`);
  if (FUNCTIONS.every((name) => options[name] === undefined)) return undefined;
  return {
    patience,
    authenticate,
    allow,
    loggedIn: onLogin && guarded('onLogin', onLogin),
    loggedOut: onLogout && guarded('onLogout', onLogout),
    delivered:
      onMessage &&
      guarded('onMessage', (to: number, outcome: Outcome, json: Buffer | string) =>
        onMessage({ to, outcome, document: JSON.parse(String(json)) }),
      ),
  };
}
