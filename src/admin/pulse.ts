import { performance } from 'node:perf_hooks';
import type { Sources } from './sources.js';

/** A few figures of one process, or of a whole node: cheap enough to be asked for all the time. */
export interface Pulse {
  readonly users: number;
  readonly connections: number;
  /** Counted since the start: messages of clients, where they went, and what was dropped. */
  readonly messages: number;
  readonly deliveries: number;
  readonly dropped: number;
  readonly waiting: number;
  /** In seconds. */
  readonly age: number;
  readonly bytes: number;
  readonly limit: number;
  readonly braked: number;
  /** The part of the time since the last pulse in which the busiest process has worked: 1 is a full core. */
  readonly busy: number;
  /** In bytes. */
  readonly memory: number;
}

/** Of several processes these are as high as the highest; all others are summed. */
const HIGHEST: readonly (keyof Pulse)[] = ['age', 'busy'];

/** A function that feels the pulse of this process. */
export function pulseOf({
  snapshot,
  metrics,
  drops,
}: Pick<Sources, 'snapshot' | 'metrics' | 'drops'>): () => Pulse {
  let before = performance.eventLoopUtilization();
  return () => {
    const { users, connections, backlog, braked } = snapshot();
    const now = performance.eventLoopUtilization();
    const busy = performance.eventLoopUtilization(now, before).utilization;
    before = now;
    return {
      users,
      connections,
      messages: sum(Object.values(metrics.messages)),
      deliveries: sum(Object.values(metrics.outcomes)),
      dropped: sum([...drops.counts.values()]),
      waiting: backlog.messages,
      age: backlog.age,
      bytes: backlog.bytes,
      limit: backlog.limit,
      braked,
      busy,
      memory: process.memoryUsage.rss(),
    };
  };
}

/** The pulses of all processes of a node as one; undefined when none was felt. */
export function together(pulses: readonly Pulse[]): Pulse | undefined {
  const [first, ...rest] = pulses;
  if (first === undefined) return undefined;
  return rest.reduce((all, pulse) => {
    const entries = (Object.keys(all) as (keyof Pulse)[]).map((key) => [
      key,
      HIGHEST.includes(key) ? Math.max(all[key], pulse[key]) : all[key] + pulse[key],
    ]);
    return Object.fromEntries(entries) as Pulse;
  }, first);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
