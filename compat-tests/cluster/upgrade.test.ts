import t from 'tap';
import { Reader, Writer } from '../delivery/people.js';
import { DeliverySite } from '../delivery/site.js';
import { hasBefore, installBefore } from '../harness/before.js';
import { type Server, startServer } from '../harness/server.js';

t.setTimeout(600_000);

/** How many messages a writer has at least written before the next thing happens. */
const SOME = 2000;
/** How many messages a write has. */
const BURST = 20;

/** Somebody who writes on and on to a user of the other node. */
class Stream {
  readonly reader: Reader;
  readonly #from: number;
  #writer: Writer | undefined;
  #end = async (): Promise<void> => {};

  constructor(from: number, to: number) {
    this.#from = from;
    this.reader = new Reader(to);
  }

  get sent(): number {
    return this.#writer?.sent ?? 0;
  }

  /** Begins, or goes on behind what was written before. */
  async start(node: Server): Promise<void> {
    const sent = this.sent;
    this.#writer = await Writer.online(node, this.#from);
    this.#writer.sent = sent;
    this.#end = this.#writer.writeOn(this.reader.id, BURST);
  }

  /** Ends when the node has handled everything. */
  async end(): Promise<void> {
    await this.#end();
    await this.#writer?.line.end();
  }

  /** Resolves when some more has come. */
  async more(): Promise<void> {
    await this.reader.hearLast(this.sent + SOME);
  }
}

t.test(
  'a rolling upgrade: nodes of the version before and of this one lose nothing and keep the order',
  { skip: hasBefore() ? false : 'the version before is not in this clone' },
  async (t) => {
    const before = installBefore();
    t.teardown(() => before.remove());
    const site = await DeliverySite.start(t, 4);
    const start = async (port = 0, program?: string) => {
      const services = ['--mysql', site.mariadb.url('chat'), '--redis', site.redis.url];
      const server = await startServer(
        [...services, '--pace', '0', '--login-failures', '0'],
        port,
        [],
        program,
      );
      t.teardown(() => server.child.stop('SIGKILL'));
      return server;
    };
    const nodes = [await start(0, before.server), await start(0, before.server)] as const;
    /** From the first node to the second, and back. */
    const streams = [new Stream(1, 3), new Stream(2, 4)] as const;
    const come = async (index: 0 | 1, node: Server) => {
      await streams[1 - index]!.reader.enter(node);
      await streams[index].start(node);
    };
    await come(0, nodes[0]);
    await come(1, nodes[1]);
    await Promise.all(streams.map((stream) => stream.more()));

    // The others write on to who was here, and is on the way to its successor.
    for (const index of [1, 0] as const) {
      await streams[index].end();
      // The version before stores after a second what a slow machine has not acknowledged by then, and it comes twice.
      await streams[index].reader.hearLast(streams[index].sent);
      const { child, port } = nodes[index];
      t.equal(await child.stop('SIGTERM'), 0);
      await come(index, await start(port));
      await Promise.all(streams.map((stream) => stream.more()));
    }

    await Promise.all(streams.map((stream) => stream.end()));
    for (const { reader, sent } of streams) {
      await reader.hearAll(sent);
      t.equal(reader.inversions, 0, `in order, of ${sent}`);
      t.equal(reader.repeated, 0, 'each once');
    }
  },
);
