import type { Drops } from './drops.js';
import { roomForClients } from './files.js';
import { type Log, SEEN } from './log.js';

/** With room for fewer clients than this the limit is worth raising. */
const FEW = 1000;
const REMEDY = 'raise the limit of open files: ulimit -n 65536, or LimitNOFILE of its systemd unit';

/** Says in one line when there is room for few clients only. Returns for how many there is; undefined for any number. */
export function tellRoom(log: Log, poolSize: number, processes: number): number | undefined {
  const each = roomForClients(poolSize);
  if (each === undefined) return undefined;
  if (each < FEW) log.warn({ clients: each * processes }, `there is room for few clients: ${REMEDY}`);
  return each * processes;
}

/** Counts clients that are turned away, and tells of the first and the last. */
export function tellRefused(drops: Drops, log: Log) {
  return {
    refused: () => drops.count('no room'),
    full: (clients: number) =>
      log.warn({ clients }, `no room: new clients are turned away until others leave; ${REMEDY}`),
    roomAgain: (refused: number) =>
      log.info({ refused, [SEEN]: true }, 'there is room for new clients again'),
  };
}
