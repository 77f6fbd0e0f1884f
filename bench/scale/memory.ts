import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { InProcessHub } from '../../src/bus/in-process.js';
import { ScaleNode } from './node.js';
import { Traffic } from './traffic.js';

setFlagsFromString('--expose-gc');
const collect = runInNewContext('gc') as () => void;

/** The cost of a user who is on another node: bytes of heap, and µs until it is known there when a node joins. */
export async function costOfRemote(users: number): Promise<{ bytes: number; us: number }> {
  const [hub, traffic] = [new InProcessHub(), new Traffic()];
  const [crowded, newcomer] = [new ScaleNode(traffic.medium(hub)), new ScaleNode(traffic.medium(hub))];
  await crowded.start();
  for (let n = 0; n < users; n++) await crowded.login(n);
  const [heap, cpu] = [used(), process.cpuUsage()];
  await newcomer.start();
  const { user } = process.cpuUsage(cpu);
  const bytes = (used() - heap) / users;
  await newcomer.close();
  await crowded.close();
  return { bytes, us: user / users };
}

function used(): number {
  collect();
  return process.memoryUsage().heapUsed;
}
