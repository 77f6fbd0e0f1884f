import { deepEqual } from 'node:assert/strict';
import { setImmediate as turn } from 'node:timers/promises';
import fc from 'fast-check';
import t from 'tap';
import { Bus } from '../../src/bus/bus.js';
import { InProcessHub } from '../../src/bus/in-process.js';
import { type Config, readCommand } from '../../src/config.js';
import type { Connection } from '../../src/net/connection.js';
import { openLog } from '../../src/ops/log.js';
import { ChatServer } from '../../src/server.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import type { Store } from '../../src/store/store.js';
import { MemoryClient } from './client.js';
import { delayBySteps } from './clock.js';
import { LinkOrder } from './link-order.js';
import { SlowMedium } from './slow-medium.js';
import { type Access, type Shared, slowStore } from './slow-store.js';

/** Worlds per race; more by the environment. */
export const RUNS = Number(process.env.CHAT_RACE_RUNS ?? 100);

/** The same worlds each time, so that a failure tells of the change; new ones where more are asked for. */
const SEED = 'CHAT_RACE_RUNS' in process.env ? undefined : 20_261_121;
/** The world that a failure told of, by the environment. */
const { CHAT_RACE_SEED: seed = SEED, CHAT_RACE_PATH: path } = process.env;
const AGAIN =
  seed === undefined
    ? // The least counterexample takes long to find: it is looked for when this world is given again.
      { endOnFailure: true }
    : { seed: Number(seed), ...(path !== undefined && { path }) };

// As long as it takes on a busy machine, and with more runs.
t.setTimeout(3_600_000);

const log = openLog('silent');

/** Waits for six turns of the event loop: then a node has nothing left to do but wait. */
async function quiet(): Promise<void> {
  for (let n = 0; n < 6; n++) await turn();
}

/** Decides whose turn comes next; one thing at a time. */
const scheduler = fc.scheduler({
  act: async (run) => {
    await run();
    await quiet();
  },
});

/** Something that takes so many turns each time, while everything else goes on. */
const slow = fc.record({
  what: fc.constantFrom(
    ...['user(', 'goOnline', 'goOffline', 'storeMessages', 'storedMessages', 'removeMessages', 'exclusively'],
    ...['subscribe', 'unsubscribe', 'publish', 'count', 'a message'],
  ),
  turns: fc.nat({ max: 20 }),
  /** Whether the medium is as a Redis Cluster. */
  isCluster: fc.boolean(),
});
type Slow = typeof slow extends fc.Arbitrary<infer T> ? T : never;

/**
 * Checks `work` in many worlds of so many nodes, each with the accounts 1 and 2, and with other values of `about`.
 *
 * @param config what is not as by default
 * @param what what takes long
 */
export async function race<T>(
  nodes: number,
  about: fc.Arbitrary<T>,
  work: (world: World, about: T) => Promise<void>,
  runs = RUNS,
  config: Partial<Config> = {},
  what: fc.Arbitrary<Slow> = slow,
): Promise<void> {
  const run = async (scheduler: fc.Scheduler, slow: Slow, value: T) => {
    const world = await World.start(scheduler, nodes, slow, config);
    try {
      await work(world, value);
      deepEqual(world.order.faults, [], 'what one node sent to another for a user ended in order');
    } finally {
      await world.stop();
    }
  };
  await fc.assert(fc.asyncProperty(scheduler, what, about, run), { numRuns: runs, ...AGAIN });
}

/** Read once: each world would take longer to read it than for what happens there. */
const CONFIG = configOf('--pace', '0', '--login-failures', '0');

function configOf(...options: string[]): Config {
  const command = readCommand(['127.0.0.1', '0', ...options], {});
  if (command.run !== 'serve') throw new Error('these options start no server');
  return command.config;
}

/** A node, and what can be done to it. */
export interface Node {
  readonly server: ChatServer;
  readonly medium: SlowMedium;
  readonly access: Access;
  readonly clients: MemoryClient[];
}

/** So little that a few long messages are too much, in bytes. */
const MAX_KEPT = 200_000;

/** Nodes in this process on one database and one bus, where everything that takes time happens in any order. */
export class World {
  readonly shared: Shared = {
    store: openEmbedded(':memory:'),
    locked: new Set(),
    away: new Set(),
    stuck: new Map(),
  };
  readonly nodes: Node[] = [];
  readonly order = new LinkOrder();
  readonly #hub = new InProcessHub();
  #end = () => {};
  readonly #ended = new Promise<void>((resolve) => {
    this.#end = resolve;
  });
  readonly #scheduler: fc.Scheduler;
  readonly #slow: Slow;
  readonly #config: Partial<Config>;
  readonly #connections = new Map<MemoryClient, Connection>();

  private constructor(scheduler: fc.Scheduler, slow: Slow, config: Partial<Config>) {
    this.#scheduler = scheduler;
    this.#slow = slow;
    this.#config = config;
    delayBySteps(this.step);
  }

  static async start(
    scheduler: fc.Scheduler,
    nodes: number,
    slow: Slow,
    config: Partial<Config>,
  ): Promise<World> {
    const world = new World(scheduler, slow, config);
    for (const name of ['one', 'two', 'three']) await world.shared.store.register(name, 'pw');
    for (let n = 0; n < nodes; n++) world.nodes.push(await scheduler.waitFor(world.#startNode()));
    return world;
  }

  /** Resolves when its turn comes. */
  readonly step = async (label: string): Promise<void> => {
    const turns = label.startsWith(this.#slow.what) ? this.#slow.turns : 0;
    for (let n = 0; n <= turns; n++) await this.#scheduler.schedule(Promise.resolve(), label);
  };

  /** A client of one of the nodes. */
  connect(node: number): MemoryClient {
    const [client, stream] = MemoryClient.pair(this.step);
    this.#connections.set(client, this.nodes[node]!.server.accept(stream, 'here'));
    this.nodes[node]!.clients.push(client);
    return client;
  }

  /** The server's end of a client's connection. */
  connectionOf(client: MemoryClient): Connection {
    return this.#connections.get(client)!;
  }

  /** Does all this at the same time as everything else, until nothing is left to do. Rejects when someone is stuck. */
  async run(...works: (() => Promise<unknown>)[]): Promise<void> {
    const all = Promise.all(works.map((work) => work()));
    all.catch(() => undefined);
    await quiet();
    await this.#scheduler.waitIdle();
    const stuck = Symbol('stuck');
    const outcome = await Promise.race([all, quiet().then(() => stuck)]);
    if (outcome === stuck) throw new Error('nothing is left to do, and someone still waits');
  }

  /** For a while the database does not answer these questions, or all of them. */
  async outage(...names: (keyof Store)[]): Promise<void> {
    const { store, away } = this.shared;
    if (names.length === 0) await this.step('the database goes away');
    for (const name of names.length > 0 ? names : (Object.keys(store) as (keyof Store)[])) away.add(name);
    for (let n = 0; n < 10; n++) await this.step('the database is away');
    away.clear();
  }

  /** Lets `count` beats of the bus pass: all that was said before one has been heard at the one after the next. */
  async beats(count: number): Promise<void> {
    for (let n = 0; n < count; n++) {
      await Promise.all(this.nodes.map(({ medium }) => medium.spoken()));
      await Promise.all(this.nodes.map(({ medium }) => medium.beat()));
    }
  }

  /** Lets `count` beats of one node pass, whatever the others do. */
  async beatsOf(node: number, count: number): Promise<void> {
    const { medium } = this.nodes[node]!;
    for (let n = 0; n < count; n++) {
      await medium.spoken();
      await medium.beat();
    }
  }

  /** Somebody who is no node of ours is subscribed to a user, and hears nothing of what counts as received. */
  async deafSubscriber(userid: number): Promise<void> {
    const medium = this.#hub.medium();
    const ignore = () => {};
    const events = {
      received: ignore,
      heard: ignore,
      up: ignore,
      gone: ignore,
      beat: ignore,
      nodes: () => [],
    };
    await medium.start('deaf', events);
    await medium.subscribe(userid);
  }

  /** How many nodes listen for a user. */
  async subscribers(userid: number): Promise<number> {
    return (await this.#hub.medium().subscribers(userid)) ?? 0;
  }

  async stop(): Promise<void> {
    this.#end();
    await this.#scheduler.waitFor(Promise.all(this.nodes.map(({ server }) => server.stop())));
    await this.shared.store.close();
  }

  async #startNode(): Promise<Node> {
    const access: Access = { awake: Promise.resolve(), isDead: false, buried: this.#ended };
    const medium = new SlowMedium(this.#hub.medium(), this.#slow.isCluster, this.order, async (label) => {
      await access.awake;
      await this.step(label);
    });
    const config = { ...CONFIG, 'max-kept': MAX_KEPT, ...this.#config };
    const server = new ChatServer(config, slowStore(this.shared, access, this.step), new Bus(medium), log);
    await server.start();
    return { server, medium, access, clients: [] };
  }
}
