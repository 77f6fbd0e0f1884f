import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname } from 'node:path';
import { whyNot } from '../store/embedded/why-not.js';
import { shellWord } from '../text/shell.js';
import { broken, type Check, type Finding, fine } from './finding.js';

/** Whether the files that a server would write to can be written to. */
export const checkPlaces: Check = async ({ settings: { spool, 'log-file': log } }) => {
  // A path that is there and can be written to, as a device, needs no folder; a database has files beside it.
  const logFile = log === undefined || isWritable(log) ? undefined : log;
  return [
    ...(spool === undefined ? [] : [place('spool', spool)]),
    ...(log === undefined
      ? []
      : [logFile === undefined ? fine('log', `goes to ${log}`) : place('log', logFile)]),
  ];
};

function place(about: string, file: string): Finding {
  const problem = whyNot(file);
  if (problem === undefined) return fine(about, `goes to ${file}`);
  const folder = dirname(file);
  const remedy = existsSync(folder)
    ? 'let this user write there, or name another file'
    : `mkdir -p ${shellWord(folder)}`;
  return broken(about, `${file}: ${problem}`, remedy);
}

function isWritable(file: string): boolean {
  try {
    accessSync(file, constants.W_OK);
    return !statSync(file).isDirectory();
  } catch {
    return false;
  }
}
