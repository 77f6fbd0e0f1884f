import { readFileSync } from 'node:fs';
import t from 'tap';
import { type Conversation, conversations } from './conversation.js';
import { parsePcap } from './pcap.js';
import { readCapture, readScenario, readScenarios, type Scenario } from './scenario.js';

interface Exchange {
  toServer: string;
  toClient: string;
}

const text = (payloads: readonly Buffer[]) => Buffer.concat(payloads).toString('utf8');

/** The bytes of a scenario's connections by its steps, in the order in which they were opened. */
function written(scenario: Scenario): Exchange[] {
  const all: Exchange[] = [];
  const open = new Map<string, Exchange>();
  for (const step of scenario.steps) {
    if (step.do === 'connect') {
      const exchange = { toServer: '', toClient: '' };
      all.push(exchange);
      open.set(step.conn, exchange);
    }
    if (step.do === 'send') open.get(step.conn)!.toServer += text([step.bytes]);
    for (const [conn, received] of Object.entries('received' in step ? step.received : {})) {
      open.get(conn)!.toClient += text(received.filter((item) => item !== 'EOF'));
    }
  }
  return all;
}

/** The same by a capture. The recorder also opened connections to see whether the server was up. */
function captured(segments: Parameters<typeof conversations>[0], ports: readonly number[]): Conversation[] {
  const all = conversations(segments, [...ports, 6379]);
  return all.filter(({ server, toServer }) => ports.includes(server) && toServer.length > 0);
}

for (const scenario of readScenarios()) {
  t.test(`the capture and the steps of ${scenario.name} agree`, async (t) => {
    const found = captured(parsePcap(readCapture(scenario.name)), scenario.ports);
    const exchanges = found.map(({ toServer, toClient }) => ({
      toServer: text(toServer),
      toClient: text(toClient),
    }));
    t.strictSame(exchanges, written(scenario));
  });
}

t.test('in the session of two original clients every write is one document', async (t) => {
  const segments = parsePcap(readFileSync('fixtures/client/session.pcap'));
  const [a, b, ...others] = captured(segments, [6000, 6002]);
  t.same([a?.server, b?.server, others], [6000, 6002, []]);
  const requests = [a, b].flatMap((side) => side!.toServer.map(String));
  const replies = [a, b].flatMap((side) => side!.toClient.map(String));
  t.same([requests.length, replies.length], [21, 13]);
  for (const request of requests) t.equal(request.at(-1), '\0');
  for (const document of [...requests.map((request) => request.slice(0, -1)), ...replies]) {
    t.match(JSON.parse(document), { msgid: Number });
  }
});

t.test('segments may come twice, overlap, or late, but not be missing', async (t) => {
  const segments = parsePcap(readCapture('chat-online'));
  const { ports } = readScenario('chat-online');
  const right = captured(segments, ports);
  const last = segments.findLastIndex(({ to, payload }) => to === 6000 && payload.length > 2);
  const segment = segments[last]!;
  const front = { ...segment, payload: segment.payload.subarray(0, 2) };
  const back = { ...segment, sequence: segment.sequence + 1, payload: segment.payload.subarray(1) };
  const joined = (found: Conversation[]) =>
    found.map(({ toServer, toClient }) => [text(toServer), text(toClient)]);
  t.same(joined(captured([...segments, segment], ports)), joined(right));
  t.same(joined(captured(segments.toSpliced(last, 1, back, front), ports)), joined(right));
  t.throws(
    () => captured(segments.toSpliced(last, 1, back), ports),
    /bytes \d+ to \d+ are not in the capture/,
  );
  t.throws(() => captured(segments.slice(-1), ports), /start is not in the capture/);
});

t.test('a capture that is cut short, or is another kind of file, is refused', async (t) => {
  const whole = readCapture('chat-online');
  t.throws(() => parsePcap(whole.subarray(0, -1)), /cut short/);
  const other = Buffer.from(whole);
  other.writeUInt32LE(113, 20);
  t.throws(() => parsePcap(other), /not a pcap of this kind/);
  const udp = Buffer.from(whole);
  udp[24 + 16 + 14 + 9] = 17;
  t.throws(() => parsePcap(udp), /not a TCP segment over IPv4/);
  const long = Buffer.from(whole);
  long.writeUInt16BE(9000, 24 + 16 + 14 + 2);
  t.throws(() => parsePcap(long), /wrong lengths/);
});
