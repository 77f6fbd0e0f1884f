import asyncHooks from 'node:async_hooks';
import { syncBuiltinESMExports } from 'node:module';

/*
 * Loaded before the test runner (seed.ts). The runner follows each promise of a test from one to the next, so that it can
 * say which of the tests of a file has thrown what nobody has caught. With many promises that is more than half of what
 * a file computes. Without it such an error ends the file, which fails with the error's stack.
 */
asyncHooks.createHook = () => {
  const none = { enable: () => none, disable: () => none };
  return none;
};
syncBuiltinESMExports();
