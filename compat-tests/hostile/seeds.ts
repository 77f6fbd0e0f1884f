const { FUZZ_SEED, FUZZ_SECONDS } = process.env;

/** How long a file of tests is asked to last, in seconds; 0 unless asked for. */
export const seconds = Number(FUZZ_SECONDS ?? 0);

/**
 * The rounds of a fixed seed; with FUZZ_SECONDS new ones for as long as asked for; with FUZZ_SEED that one again.
 *
 * @param tests how many tests share the time that is asked for
 */
export function* seeds(rounds: number, tests: number): Generator<number> {
  if (FUZZ_SEED !== undefined) return yield Number(FUZZ_SEED);
  if (FUZZ_SECONDS === undefined) for (let seed = 1; seed <= rounds; seed++) yield seed;
  const end = performance.now() + (seconds * 1000) / tests;
  for (let seed = Date.now() % 1e9; performance.now() < end; seed++) yield seed;
}
