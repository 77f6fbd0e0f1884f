import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { usesEmbedded } from '../backends.js';
import type { Config } from '../config.js';
import type { Log } from '../ops/log.js';
import { onSignals } from '../ops/signals.js';
import { openEmbedded } from '../store/embedded/embedded.js';
import { makeWorkersFolder } from './folder.js';
import { Primary } from './primary.js';

/**
 * Serves with several workers until a signal. Resolves with the port that they share.
 *
 * @param args the command line that config was read from
 * @param reload what this process has to read anew at SIGHUP
 */
export async function supervise(
  config: Config,
  args: readonly string[],
  log: Log,
  reload: () => void,
): Promise<number> {
  const data = usesEmbedded(config) ? holdData(config.data) : undefined;
  const folder = makeWorkersFolder();
  const primary = new Primary(data === undefined ? args : [...args, '--data', data.file], folder, log);
  const stop = async () => {
    const failed = await primary.stop();
    data?.release();
    rmSync(folder, { recursive: true });
    return failed;
  };
  const reloadAll = () => {
    reload();
    primary.reload();
  };
  onSignals(log, { stop, reload: reloadAll }, config.drain * 1000);
  return primary.start(config.workers);
}

/** Locks the database file for all workers and sets everybody offline. Memory is a file that nobody keeps. */
function holdData(wanted: string): { file: string; release: () => void } {
  const folder = wanted === ':memory:' ? mkdtempSync(join(tmpdir(), 'chat-server-')) : undefined;
  const file = folder === undefined ? wanted : join(folder, 'chat.db');
  const store = openEmbedded(file);
  const release = () => {
    void store.close();
    if (folder !== undefined) rmSync(folder, { recursive: true });
  };
  return { file, release };
}
