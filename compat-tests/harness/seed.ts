import './without-domains.js';
import fc from 'fast-check';

/*
 * Loaded before each test that `npm test` runs (run.ts): properties draw the same values each time, so
 * that a failure tells of the change and not of the draw. `CHAT_SEED=random npm test` draws new ones, and
 * `CHAT_SEED=N` those of a failure that was told. A test that Node runs by itself draws new ones.
 */
const { CHAT_SEED: seed = '20261121' } = process.env;
if (seed !== 'random') fc.configureGlobal({ seed: Number(seed) });
