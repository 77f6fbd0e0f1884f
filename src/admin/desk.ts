import type { Pulse } from './pulse.js';
import type { Report } from './report.js';

/** A user who is logged in on this node. */
export interface UserHere {
  readonly id: number;
  readonly name: string;
  /** The client's address. */
  readonly address: string;
  /** When it logged in, in ms since 1970. */
  readonly since: number;
  /** For how long its client has sent nothing, in s. */
  readonly idle: number;
}

/** The questions to a process that serves clients. */
export type Question =
  | { readonly ask: 'report' }
  | { readonly ask: 'pulse' }
  | { readonly ask: 'users' }
  | { readonly ask: 'kick'; readonly userid: number; readonly minutes?: number }
  | { readonly ask: 'say'; readonly text: string };

/** The answers to them. */
export interface Answers {
  readonly report: Report;
  readonly pulse: Pulse;
  readonly users: readonly UserHere[];
  /** How many connections were closed, and how many users were told. */
  readonly kick: number;
  readonly say: number;
}

/** Where one process answers. */
export type Desk = {
  readonly [Ask in Question['ask']]: (question: Extract<Question, { ask: Ask }>) => Promise<Answers[Ask]>;
};

/** Asks every process that serves clients, and waits for all answers. One that does not answer is left out. */
export type AskAll = <Ask extends Question['ask']>(
  question: Extract<Question, { ask: Ask }>,
) => Promise<Answers[Ask][]>;

/** Asks the only process, which is this one. */
export function askHere(desk: Desk): AskAll {
  return async (question) => [await answer(desk, question)];
}

/** The answer of a desk to a question. */
export function answer<Ask extends Question['ask']>(
  desk: Desk,
  question: Extract<Question, { ask: Ask }>,
): Promise<Answers[Ask]> {
  return desk[question.ask as Ask](question);
}
