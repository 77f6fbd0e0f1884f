import { isRefusal } from './failure.js';
import type { Link } from './link.js';

/** A connection, to speak to the database with. */
export type Speaker = Pick<Link, 'ask' | 'askAll'>;

/** Is told which statements went well and which rows were refused, and what else failed and could not be mended at once. */
export interface Watch {
  worked(): void;
  failed(error: unknown): void;
}

/** The same connection, but watched: what else fails than a row is told by who tries it again. */
export function watched({ ask, askAll }: Speaker, watch: Watch | undefined): Speaker {
  if (watch === undefined) return { ask, askAll };
  const see = <T>(answer: Promise<T>): Promise<T> => {
    answer.then(
      () => watch.worked(),
      (error) => isRefusal(error) && watch.failed(error),
    );
    return answer;
  };
  return {
    ask: (sql, values) => see(ask(sql, values)),
    askAll: (statements, patience) => see(askAll(statements, patience)),
  };
}
