/**
 * Whether all of these have ended, in whatever way, while none of those had: what a limit in milliseconds would say,
 * without a clock that runs on while a busy machine lets nobody else run.
 */
export async function endBefore(
  these: readonly Promise<unknown>[],
  those: readonly Promise<unknown>[],
): Promise<boolean> {
  let isOver = false;
  const over = () => {
    isOver = true;
  };
  for (const one of those) void one.then(over, over);
  await Promise.allSettled(these);
  return !isOver;
}
