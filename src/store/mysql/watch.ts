import type { Ask } from './link.js';

/** Is told how each statement went, and each try to connect that failed. */
export interface Watch {
  worked(): void;
  failed(error: unknown): void;
}

/** The same `ask`, but watched. */
export function watched(ask: Ask, watch: Watch | undefined): Ask {
  if (watch === undefined) return ask;
  return (sql, values) => {
    const answer = ask(sql, values);
    answer.then(
      () => watch.worked(),
      (error) => watch.failed(error),
    );
    return answer;
  };
}
