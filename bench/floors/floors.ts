import { spawnSync } from 'node:child_process';
import { Child } from '../../compat-tests/harness/child.js';
import type { Target } from '../load/target.js';

const SOURCE = 'bench/floors/epoll-relay.c';
const BINARY = 'build/bench/floors/epoll-relay';

/** A bare relay on node:net. */
export const nodeRelay = relay('bare node:net relay', process.execPath, ['build/bench/floors/node-relay.js']);

/** A bare epoll relay in C, compiled now; undefined where there is no compiler. */
export function epollRelay(): Target | undefined {
  const { status, error } = spawnSync('cc', ['-O2', '-Wall', '-o', BINARY, SOURCE], { stdio: 'inherit' });
  if (error !== undefined) return undefined;
  if (status !== 0) throw new Error(`${SOURCE} does not compile`);
  return relay('bare epoll relay', `./${BINARY}`, []);
}

/** The floors that can be measured here. */
export function floors(): Target[] {
  const inC = epollRelay();
  return inC === undefined ? [nodeRelay] : [nodeRelay, inC];
}

function relay(name: string, command: string, args: readonly string[]): Target {
  return {
    name,
    kind: 'relay',
    loginGap: 0,
    hasWorkers: false,
    hasWeb: false,
    start: async () => {
      const child = new Child(command, args);
      const [, port] = await child.logged(/"port":(\d+)/);
      return {
        ports: [Number(port)],
        pids: { server: [child.pid], database: [], bus: [] },
        storage: undefined,
        stop: async () => {
          await child.stop();
        },
      };
    },
  };
}
