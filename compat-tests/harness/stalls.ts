import { fileURLToPath } from 'node:url';
import { type Server, startServer } from './server.js';

const PROBE = fileURLToPath(new URL('stall-probe.js', import.meta.url));

/** A server that says how long its event loop is held. See stall-probe. */
export function startProbed(options: readonly string[]): Promise<Server> {
  return startServer(options, 0, ['--import', PROBE]);
}

/** The measurements of a probed server, in ms of CPU time. */
export interface Measured {
  /** How long its event loop was held at the longest since this was last asked. */
  readonly stall: number;
  /** The time that its main thread has used since it started. */
  readonly cpu: number;
}

const asked = new WeakMap<Server, number>();

/** Asks a probed server what it has measured, which begins anew. */
export async function measured(server: Server): Promise<Measured> {
  const number = (asked.get(server) ?? 0) + 1;
  asked.set(server, number);
  server.child.signal('SIGUSR2');
  const line = new RegExp(`^measured ${number}: stall ([\\d.]+) ms, CPU ([\\d.]+) ms$`, 'm');
  const [, stall, cpu] = await server.child.logged(line);
  return { stall: Number(stall), cpu: Number(cpu) };
}
