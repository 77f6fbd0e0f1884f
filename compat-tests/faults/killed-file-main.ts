/**
 * By hand: `node build/compat-tests/faults/killed-file-main.js [COUNT] [KILLS]`. So many registrations and messages on
 * the embedded database, and so many kills -9 at random points; counts what is lost, and what comes twice.
 */
import { join } from 'node:path';
import { newFolder } from '../harness/folder.js';
import { killAgainAndAgain } from './killed-file.js';

const [count = 1_000_000, kills = 200] = process.argv.slice(2).map(Number);
const folder = newFolder();
const tally = await killAgainAndAgain({
  ...{ file: join(folder.path, 'chat.db'), count, clients: 100, kills },
  random: Math.random,
});
folder.remove();
console.log(tally);
process.exitCode = tally.lost + tally.givenTwice + tally.storedTwice === 0 ? 0 : 1;
