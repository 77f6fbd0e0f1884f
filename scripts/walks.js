// Prints how a message walks through the code. For each walk below: the files that are entered, the functions that are
// entered, the moves from one file to another, and how often a function of login.ts is entered.
//
//   npm run walks                    two nodes in this process
//   npm run walks -- --files         and the files of each walk, in the order in which they are entered first
//   npm run walks -- --trace         and each move
//
// The nodes share one embedded store and the in-process medium: neither MariaDB nor Redis is needed, and with these
// their files (src/store/mysql, src/bus/redis) come instead. Messages go out at once (`--pace 0`).
//
// A function is entered when it is called, not when it goes on after `await`. The files of src/json count as files, but
// moves in and out of them do not: each character would be one. All walks are taken five times, and of each the
// shortest counts: a timer may be due in the others.
//
// `here` and `there` are the moves of the node that the walk begins at, and of the other one, each by itself: who reads
// what one node does need not know the other. In `moves` both are in the order in which they happen, so that two nodes
// that work at the same time count a move each time that they take turns.
import { AsyncLocalStorage } from 'node:async_hooks';
import { EventEmitter, once } from 'node:events';
import { register } from 'node:module';
import { connect } from 'node:net';
import { setTimeout as delay } from 'node:timers/promises';

const ROUNDS = 5;
/** The nodes have nothing to do when nothing was entered for this time, in ms. */
const QUIET = 150;
const HOST = '127.0.0.1';
const IDS = { writer: 1, neighbour: 2, far: 3, away: 4 };

register('./entries.js', import.meta.url);
/** The node that is at work. */
const node = new AsyncLocalStorage();
/** @type {{ file: string, name: string, node: unknown }[]} */
let entries = [];
Object.assign(globalThis, {
  entered: (/** @type {string} */ file, /** @type {string} */ name) =>
    entries.push({ file, name, node: node.getStore() }),
});

const [{ readCommand }, { InProcessHub }, { Bus }, { openLog }, { ChatServer }, embedded, known] =
  await Promise.all([
    import('../dist/config.js'),
    import('../dist/bus/in-process.js'),
    import('../dist/bus/bus.js'),
    import('../dist/ops/log.js'),
    import('../dist/server.js'),
    import('../dist/store/embedded/embedded.js'),
    import('../dist/store/known-users.js'),
  ]);
const shown = process.argv[2];
/** Tells when a node has stored messages. */
const taken = new EventEmitter();
const log = openLog('silent');

/** Resolves when the nodes have nothing to do. */
async function quiet() {
  for (let before = -1; before !== entries.length; await delay(QUIET)) before = entries.length;
}

/** A medium whose events are work of the node that has it. @param {string} name */
function mediumOf(name, hub) {
  const medium = hub.medium();
  const start = medium.start.bind(medium);
  medium.start = (id, events) => {
    const own = Object.entries(events).map(([event, work]) => [
      event,
      (...args) => node.run(name, work, ...args),
    ]);
    return start(id, Object.fromEntries(own));
  };
  return medium;
}

/** Two nodes on one store. */
async function openSite() {
  const store = known.onlyKnownUsers(embedded.openEmbedded(':memory:'));
  for (const name of Object.keys(IDS)) await store.register(name, 'pw');
  const hub = new InProcessHub();
  const command = readCommand([HOST, '0', '--pace', '0'], {});
  if (command.run !== 'serve') throw new Error('these options start no server');
  const open = async (/** @type {string} */ name) => {
    // The other node still needs the store.
    const shared = {
      ...store,
      close: async () => {},
      storeMessages: async (...args) => {
        const refused = await store.storeMessages(...args);
        taken.emit('stored');
        return refused;
      },
    };
    const server = new ChatServer(
      command.config,
      shared,
      new Bus(mediumOf(name, hub), command.config.dialect),
      log,
    );
    // What comes on a socket is work of the node that has it.
    const accept = server.accept.bind(server);
    server.accept = (stream, ...rest) => {
      const emit = stream.emit.bind(stream);
      stream.emit = (...event) => node.run(name, emit, ...event);
      return accept(stream, ...rest);
    };
    const { port } = await server.start();
    return { server, port };
  };
  return { store, nodes: [await node.run('here', open, 'here'), await node.run('there', open, 'there')] };
}

/** @param {number} port */
async function client(port) {
  const socket = connect(port, HOST);
  await once(socket, 'connect');
  let text = '';
  socket.on('data', (bytes) => {
    text += bytes;
  });
  const say = (/** @type {object} */ document) => void socket.write(`${JSON.stringify(document)}\0`);
  const hears = async (/** @type {string} */ part) => {
    while (!text.includes(part)) await once(socket, 'data');
    text = '';
  };
  return {
    socket,
    say,
    hears,
    login: async (/** @type {number} */ id) => {
      say({ id, msgid: 1, password: 'pw' });
      await hears('"msgid":2');
    },
  };
}

/** All walks once. Returns what was entered in each. */
async function walkAll() {
  const { store, nodes } = await openSite();
  const [first, second] = nodes;
  const [writer, neighbour, late] = [
    await client(first.port),
    await client(first.port),
    await client(first.port),
  ];
  const far = await client(second.port);
  await writer.login(IDS.writer);
  await neighbour.login(IDS.neighbour);
  await far.login(IDS.far);
  const say = (/** @type {number} */ toid, msg = 'hello') =>
    writer.say({ id: 1, msg, msgid: 6, name: 'writer', time: 'now', toid });
  /** @type {Map<string, typeof entries>} */
  const walks = new Map();
  const walk = async (/** @type {string} */ name, /** @type {() => Promise<unknown>} */ work) => {
    await quiet();
    entries = [];
    await work();
    await quiet();
    walks.set(name, entries);
    // Functions that are entered after the last walk are no part of it.
    entries = [];
  };
  const chat = (/** @type {number} */ to, /** @type {typeof far} */ reader) => async () => {
    say(to);
    await reader.hears('hello');
  };
  const stored = async () => {
    say(IDS.away);
    await once(taken, 'stored');
  };
  // The first of each kind does what is done once only.
  await walk('', chat(IDS.neighbour, neighbour));
  await walk('local chat', chat(IDS.neighbour, neighbour));
  await walk('', chat(IDS.far, far));
  await walk('chat to another node, with its answer', chat(IDS.far, far));
  await walk('stored for an offline user', stored);
  await walk('login with stored messages', () => late.login(IDS.away));
  await walk('', async () => [neighbour, late].forEach(({ socket }) => void socket.destroy()));
  await walk('shutdown', () => node.run('here', () => first.server.stop()));
  await second.server.stop();
  for (const { socket } of [writer, neighbour, late, far]) socket.destroy();
  await store.close();
  walks.delete('');
  return walks;
}

/** The files of a walk, each time that it goes from one to another. @param {typeof entries} walk */
function stations(walk) {
  const files = walk.map(({ file }) => file).filter((file) => !file.startsWith('json/'));
  return files.filter((file, n) => file !== files[n - 1]);
}

/** @param {typeof entries} walk */
function figures(walk) {
  const movesOf = (/** @type {string} */ name) =>
    Math.max(0, stations(walk.filter((entry) => entry.node === name)).length - 1);
  return {
    files: new Set(walk.map(({ file }) => file)).size,
    functions: new Set(walk.map(({ file, name }) => `${file} ${name}`)).size,
    moves: stations(walk).length - 1,
    here: movesOf('here'),
    there: movesOf('there'),
    'login.ts': walk.filter(({ file }) => file === 'chat/login.ts').length,
  };
}

const rounds = [];
for (let n = 0; n < ROUNDS; n++) rounds.push(await walkAll());
const shortest = [...rounds[0].keys()].map((name) => {
  const [walk] = rounds.map((walks) => walks.get(name)).sort((a, b) => a.length - b.length);
  return { name, walk };
});
console.table(Object.fromEntries(shortest.map(({ name, walk }) => [name, figures(walk)])));
for (const { name, walk } of shown === undefined ? [] : shortest) {
  const files = shown === '--trace' ? stations(walk) : new Set(walk.map(({ file }) => file));
  console.log(`\n${name}:\n  ${[...files].join('\n  ')}`);
}
