import type { Link } from './link.js';

/** A connection, to speak to the database with. */
export type Speaker = Pick<Link, 'ask' | 'askAll'>;

/** Is told how each statement went, and each try to connect that failed. */
export interface Watch {
  worked(): void;
  failed(error: unknown): void;
}

/** The same connection, but watched. */
export function watched({ ask, askAll }: Speaker, watch: Watch | undefined): Speaker {
  if (watch === undefined) return { ask, askAll };
  const see = <T>(answer: Promise<T>): Promise<T> => {
    answer.then(
      () => watch.worked(),
      (error) => watch.failed(error),
    );
    return answer;
  };
  return {
    ask: (sql, values) => see(ask(sql, values)),
    askAll: (statements, patience) => see(askAll(statements, patience)),
  };
}
