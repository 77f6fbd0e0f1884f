/**
 * Runs a program to its end. When it fails it prints why and how it is called, and ends with 1.
 *
 * @param leave what is done at the end in any case
 */
export async function program(
  usage: string,
  main: () => Promise<void>,
  leave?: () => Promise<void>,
): Promise<void> {
  try {
    await main();
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    console.error(usage);
    process.exitCode = 1;
  } finally {
    await leave?.();
  }
}
