import type { Socket } from 'node:net';

type Readable = Pick<Socket, 'bytesRead'>;

/**
 * Calls `silent` after the next look at all sockets, unless that has brought something. A process that was frozen
 * finds its timers due before it has read what came for it meanwhile.
 */
export function ifSilent(stream: Readable, silent: () => void, otherwise = () => {}): NodeJS.Immediate {
  const before = stream.bytesRead;
  return setImmediate(() => (stream.bytesRead === before ? silent() : otherwise()));
}

/**
 * Calls `late` when `ms` have passed and nothing comes any more.
 *
 * @returns calls it off
 */
export function whenLate(stream: Readable, ms: number, late: () => void): () => void {
  let turn: NodeJS.Immediate | undefined;
  const look = () => {
    turn = ifSilent(stream, late, () => {
      timer = setTimeout(look, ms);
    });
  };
  let timer = setTimeout(look, ms);
  return () => {
    clearTimeout(timer);
    clearImmediate(turn);
  };
}
