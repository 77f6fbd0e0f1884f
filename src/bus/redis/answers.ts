/** After the first of several has answered, the others have 200 ms. Without an end a frozen one would hold up all. */
const GRACE = 200;

/** The answers of several servers. Rejects, with the reason of one of them, when none answers. */
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
