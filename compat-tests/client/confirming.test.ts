import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import t, { type Test } from 'tap';
import { Again } from '../../src/client/again.js';
import { ChatClient, type ChatMessage } from '../../src/index.js';
import { until } from '../harness/deadline.js';
import { onAllPlaces, type Place } from '../more/site.js';

t.setTimeout(600_000);

/** The way of a client to a server, which can stop to bring what the client sends, and break. */
class Way {
  readonly port: number;
  #deaf = false;
  /** How many bytes of the last connection went to the client, and how many it has said to have. */
  #brought = 0;
  #confirmed = 0;
  #pairs: (readonly [client: Socket, server: Socket])[] = [];

  private constructor(port: number) {
    this.port = port;
  }

  static async to(t: Test, port: number): Promise<Way> {
    const listener = createServer().listen(0, '127.0.0.1');
    await once(listener, 'listening');
    const way = new Way((listener.address() as AddressInfo).port);
    listener.on('connection', (client) => way.#join(client, connect(port, '127.0.0.1')));
    t.teardown(() => {
      listener.close();
      way.break();
    });
    return way;
  }

  /** Once the server knows that all has arrived, it hears nothing more of the client until the connection breaks. */
  async deafen(): Promise<void> {
    await until(async () => this.#confirmed === this.#brought, 'all to be confirmed');
    this.#deaf = true;
  }

  break(): void {
    this.#deaf = false;
    for (const ends of this.#pairs.splice(0)) for (const end of ends) end.destroy();
  }

  #join(client: Socket, server: Socket): void {
    this.#pairs.push([client, server]);
    for (const end of [client, server]) end.on('error', () => {});
    this.#brought = 0;
    client.on('data', (bytes) => {
      if (this.#deaf) return;
      for (const [, count] of `${bytes}`.matchAll(/"bytes":(\d+)/g)) this.#confirmed = Number(count);
      server.write(bytes);
    });
    server.on('data', (bytes) => {
      this.#brought += bytes.length;
      client.write(bytes);
    });
    for (const [end, other] of [
      [client, server],
      [server, client],
    ] as const)
      end.on('close', () => other.destroy());
  }
}

/** A client of a user on the last node, what it hears, also with a login, and its way. */
async function reader(t: Test, { site }: Place, id: number, confirm: boolean, again = new Again()) {
  const way = await Way.to(t, (site.nodes[1] ?? site.node(0)).port);
  const address = { host: '127.0.0.1', port: way.port, reconnect: true };
  const client = await ChatClient.connect({ ...address, confirm, again });
  t.teardown(() => client.close());
  const heard: string[] = [];
  const hear = ({ text }: ChatMessage) => heard.push(text);
  client.on('message', hear);
  client.on('back', (login) => login?.stored.forEach(hear));
  (await client.login(id, 'pw')).stored.forEach(hear);
  return { way, client, heard };
}

await onAllPlaces(t, {
  'what the server could not hear of having arrived comes again, and is told once': async (t, place) => {
    await place.accounts(1, 2);
    const { way, heard } = await reader(t, place, 2, true);
    const one = await place.online(0, 1);
    await one.chat(1, 2, 'first');
    await until(async () => heard.length === 1, 'the first');
    await way.deafen();
    await one.chat(1, 2, 'second');
    await one.chat(1, 2, 'third');
    await until(async () => heard.includes('second'), 'the second');
    way.break();
    await until(async () => heard.includes('third'), 'the third');
    await one.chat(1, 2, 'second');
    await one.chat(1, 2, 'last');
    await until(async () => heard.at(-1) === 'last', 'the last');
    t.same(heard, ['first', 'second', 'third', 'second', 'last']);
    await one.close();
  },

  'a client that closes has what it has told of, and nothing else': async (t, place) => {
    await place.accounts(11, 12);
    const one = await place.online(0, 11);
    const again = new Again();
    const { client, heard } = await reader(t, place, 12, true, again);
    const count = 500;
    const all = Array.from({ length: count }, (_, n) => `${n}`);
    await one.say(all.map((msg) => `{"id":11,"msg":"${msg}","msgid":6,"toid":12}`).join('\0'));
    await until(async () => heard.length > 0, 'something');
    await client.close();
    const later = await reader(t, place, 12, true, again);
    await until(async () => heard.length + later.heard.length >= count, 'the others');
    t.same([...heard, ...later.heard], all);
    await later.client.close();
    await one.close();
  },

  'one that does not want it, and one whose server cannot': async (t, place) => {
    await place.accounts(21, 22);
    const one = await place.online(0, 21);
    const { client, heard } = await reader(t, place, 22, false);
    await one.chat(21, 22, 'a text');
    await until(async () => heard.length === 1, 'the text');
    await client.close();
    await one.close();
  },
});

t.test('a server that says nothing of what it can do: the login waits, and is as ever', async (t) => {
  const listener = createServer().listen(0, '127.0.0.1');
  await once(listener, 'listening');
  t.teardown(() => listener.close());
  const requests: string[] = [];
  listener.on('connection', (socket) => {
    socket.on('data', (bytes) => {
      requests.push(`${bytes}`);
      if (`${bytes}`.includes('"msgid":1,'))
        socket.write('{"errno":0,"friends":[],"id":1,"msgid":2,"name":"u1","offlinemsg":[]}');
      else if (`${bytes}`.includes('"msgid":6')) socket.end();
    });
  });
  const { port } = listener.address() as AddressInfo;
  const client = await ChatClient.connect({ host: '127.0.0.1', port, confirm: true, abilityTimeout: 100 });
  const closed = once(client, 'close');
  t.equal((await client.login(1, 'pw')).id, 1);
  await client.chat(2, 'x');
  await closed;
  t.match(requests, [/^{"msgid":101}.$/s, /"msgid":1,/, /"msgid":6/]);
});
