import { readFileSync } from 'node:fs';
import t from 'tap';
import { startServer } from '../harness/server.js';
import { conversations } from '../replay/conversation.js';
import { parsePcap } from '../replay/pcap.js';
import { Console, withoutTimes } from './console.js';
import { Relay } from './relay.js';
import { Witness } from './witness.js';

interface Session {
  readonly typed: readonly { readonly client: 'a' | 'b'; readonly lines: readonly string[] }[];
  readonly screens: { readonly a: string; readonly b: string };
}

const session = JSON.parse(readFileSync('fixtures/client/session.json', 'utf8')) as Session;
const ACCOUNTS = { a: { id: 1, password: 'pw' }, b: { id: 3, password: 'secret' } };
const server = await startServer(['--data', ':memory:']);
t.teardown(() => server.child.stop());

/** Waits until a client shows all that follows from what was typed at its menu. */
async function shown(console: Console, before: number): Promise<void> {
  const settled = (screen: string) => screen.length > before && /(choice:|格式help\n\n)$/.test(screen);
  await console.until(settled, 'the answer');
}

t.test('the recorded session: the same screens, the same bytes', async (t) => {
  const relays = { a: await Relay.start(server.port), b: await Relay.start(server.port) };
  const clients = { a: new Console(relays.a.port), b: new Console(relays.b.port) };
  t.teardown(() => Object.values(relays).map((relay) => relay.stop()));
  await Promise.all([shown(clients.a, 0), shown(clients.b, 0)]);
  let witness: Witness | undefined;

  for (const { client, lines } of session.typed) {
    const [typist, other] = client === 'a' ? [clients.a, clients.b] : [clients.b, clients.a];
    const before = typist.screen.length;
    const command = typist.loggedIn ? lines[0] : undefined;
    typist.type(...lines);
    if (command === undefined || command === 'loginout') await shown(typist, before);
    if (command === undefined) continue;
    witness ??= await Witness.start(server);
    const { id, password } = ACCOUNTS[client];
    if (command === 'loginout') await witness.gone(id, password);
    else await witness.handled(typist);
    const said = /chat:\d+(:.*)/.exec(command)?.[1]?.replace(':', 'said: ');
    if (said && other.loggedIn) await other.until((screen) => screen.includes(said), said);
  }

  t.same([await clients.a.end(), await clients.b.end()], [0, 0]);
  for (const name of ['a', 'b'] as const) {
    t.equal(clients[name].screen, session.screens[name], `screen of ${name}`);
    t.equal(sentBy(relays[name], witness?.id), recorded(name), `bytes of ${name}`);
  }
});

/** The documents that a client sent, without times and without messages to the witness. */
function sentBy(relay: Relay, witness: number | undefined): string {
  const documents = withoutTimes(Buffer.concat(relay.sent).toString()).split(/(?<=\0)/);
  return documents.filter((text) => !text.includes(`"toid":${witness}`)).join('');
}

/** The documents that the original client sent in the capture, without times. */
function recorded(client: 'a' | 'b'): string {
  const segments = parsePcap(readFileSync('fixtures/client/session.pcap'));
  const port = client === 'a' ? 6000 : 6002;
  const ports = [6000, 6002, 6379];
  const of = segments.filter((segment) => ports.includes(segment.to) || ports.includes(segment.from));
  const own = conversations(of, ports).filter((conversation) => conversation.server === port);
  return withoutTimes(Buffer.concat(own.flatMap(({ toServer }) => toServer)).toString());
}

t.test('a script gets its answers, and leaves in order', async (t) => {
  const script = async (...lines: string[]) => {
    const console = new Console(server.port);
    console.type(...lines);
    t.equal(await console.end(), 0);
    return console.screen;
  };
  const [, id] = /userid is (\d+)/.exec(await script('2', '张三', 'pw')) ?? [];
  const long = '你好:'.repeat(400);
  const screen = await script('1', `${id}`, 'pw', `chat:${id}:${long}`, `chat:${id}:again`);
  t.match(screen, `login user => id:${id} name:张三\n`);
  t.ok(screen.endsWith(`<time> [${id}]张三 said: ${long}\n<time> [${id}]张三 said: again\n`));
  t.match(await script('1', `${id}`, 'pw'), 'login user =>', 'logged out by then');
});

t.test('a client whose server ends', async (t) => {
  const server = await startServer(['--data', ':memory:']);
  const console = new Console(server.port);
  await shown(console, 0);
  await server.child.stop('SIGKILL');
  // Reset, where it was killed before it had taken the connection.
  const reason =
    /(?:the server has closed the connection|the connection to the server was lost: ECONNRESET)\n$/;
  await console.until((screen) => reason.test(screen), 'the reason');
  t.equal(await console.end(), 255);
});
