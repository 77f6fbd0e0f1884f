/** How long anything in these tests may take before it counts as failed, in milliseconds. */
export const DEADLINE = 20_000;

/** `work`, or a rejection once the deadline has passed. `what` says what was waited for and what was seen. */
export async function beforeDeadline<T>(work: Promise<T>, what: () => string): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => reject(new Error(`waited ${DEADLINE / 1000} s for ${what()}`)), DEADLINE);
  });
  try {
    return await Promise.race([work, late]);
  } finally {
    clearTimeout(timer);
  }
}
