import type { IncomingMessage } from 'node:http';

/** An answer to a request. */
export interface Answer {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Answers one kind of request; `path` is what follows its first word. */
export type Route = (request: IncomingMessage, path: string) => Promise<Answer>;

const TEXT = 'text/plain; charset=utf-8';

/** A plain text. */
export function text(status: number, body: string): Answer {
  return { status, type: TEXT, body: `${body}\n` };
}

/** A value as JSON. */
export function json(value: unknown): Answer {
  return { status: 200, type: 'application/json', body: JSON.stringify(value) };
}
