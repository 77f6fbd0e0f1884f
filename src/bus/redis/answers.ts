/** After the first of several has answered, the others have so many ms: one of them may be frozen. */
const GRACE = 200;

/** What several servers answer. Rejects, with a reason of one of them, when none does. */
export async function answersOf<T>(asked: readonly Promise<T>[]): Promise<T[]> {
  const answers: T[] = [];
  const all = Promise.allSettled(asked.map(async (one) => answers.push(await one)));
  try {
    await Promise.any(asked);
  } catch (error) {
    throw error instanceof AggregateError ? (error.errors[0] ?? new Error('there is nobody to ask')) : error;
  }
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise((resolve) => {
    timer = setTimeout(resolve, GRACE);
  });
  await Promise.race([all, late]);
  clearTimeout(timer);
  return [...answers];
}
