import { usesEmbedded } from '../backends.js';
import { longestStop } from '../config/stop.js';
import type { Config } from '../config.js';
import type { Ports } from '../entrance.js';
import type { Log } from '../ops/log.js';
import { onSignals } from '../ops/signals.js';
import type { Sink } from '../ops/sink.js';
import { openThreaded } from '../store/embedded/threaded.js';
import { makeWorkersFolder, type WorkersFolder } from './folder.js';
import { Primary } from './primary.js';

/** The workers' own deadline comes before this one, in ms: they tell the work that is not done. */
const AFTER = 2000;

/**
 * Serves with several workers until a signal. Resolves with the ports that they share.
 *
 * @param args the command line that config was read from
 * @param sink what this process has to open anew at SIGHUP, and to finish at the end
 */
export async function supervise(
  config: Config,
  args: readonly string[],
  log: Log,
  sink: Pick<Sink, 'reopen' | 'flushed'>,
): Promise<Ports> {
  const folder = await makeWorkersFolder();
  try {
    return await superviseIn(folder, config, args, log, sink);
  } catch (error) {
    await folder.remove();
    throw error;
  }
}

async function superviseIn(
  folder: WorkersFolder,
  config: Config,
  args: readonly string[],
  log: Log,
  sink: Pick<Sink, 'reopen' | 'flushed'>,
): Promise<Ports> {
  const data = usesEmbedded(config) ? await holdData(config.data, folder.memory) : undefined;
  const primary = new Primary(data === undefined ? args : [...args, '--data', data.file], folder.nodes, log);
  const stop = async () => {
    const failed = await primary.stop();
    await data?.release();
    await folder.remove();
    return failed;
  };
  const reloadAll = () => {
    sink.reopen();
    primary.reload();
  };
  onSignals(log, { stop, reload: reloadAll, flushed: () => sink.flushed() }, longestStop(config) + AFTER);
  const wanted = [config.tls, config.web].filter((place) => place !== undefined).length;
  const [port = config.port, ...more] = await primary.start(config.workers, 1 + wanted);
  const tls = config.tls && more.shift();
  return { port, tls, web: config.web && more.shift() };
}

/**
 * Locks the database file for all workers and sets everybody offline.
 *
 * @param memory the file that the workers share where the data is to be in memory
 */
async function holdData(wanted: string, memory: string): Promise<{ file: string; release(): Promise<void> }> {
  const file = wanted === ':memory:' ? memory : wanted;
  const store = await openThreaded({ file });
  return { file, release: () => store.close() };
}
