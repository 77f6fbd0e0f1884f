import { syncBuiltinESMExports } from 'node:module';
import timers from 'node:timers/promises';

/** Something that happens when its turn comes. */
export type Step = (label: string) => Promise<void>;

/** From now on every delay of this process is one more step: whatever is awaited may be faster or slower. */
export function delayBySteps(step: Step): void {
  Object.assign(timers, {
    setTimeout: async (ms: number, value?: unknown) => {
      await step(`${ms} ms pass`);
      return value;
    },
  });
  syncBuiltinESMExports();
}
