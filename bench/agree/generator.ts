import { connect, type Socket } from 'node:net';

/*
 * A plain load generator that has nothing in common with that of chat-compat: it tells whether the two see the same.
 * node build/bench/agree/generator.js PORT PAIRS SECONDS RATE: RATE messages a second by all together, or with 0 the next
 * one of each pair when the one before has arrived. Prints the rate, and the 50th and 99th percentile in ms, as JSON.
 */

const [port = 0, pairs = 0, seconds = 0, rate = 0] = process.argv.slice(2).map(Number);
const WARM_UP = 1000;
const FIRST = 1_000_000;
const DOCUMENT = /\{[^}]*"msg":"(\d+)[^}]*\}\0?/g;

const sentAt: number[] = [];
const took: number[] = [];
let measuredSince = 0;

async function enter(id: number): Promise<Socket> {
  const socket = connect({ port, host: '127.0.0.1', noDelay: true });
  socket.write(`{"id":${id},"msgid":1,"password":"x"}\0`);
  await new Promise((resolve) => socket.once('data', resolve));
  return socket;
}

function send(pair: number, since: number): void {
  const [id, toid] = [FIRST + 2 * pair, FIRST + 2 * pair + 1];
  const msg = `${sentAt.push(since) - 1} hello, are you there?`;
  const time = '2024-02-22 18:01:23';
  senders[pair]?.write(`${JSON.stringify({ id, msg, msgid: 6, name: 'user', time, toid })}\0`);
}

const senders: Socket[] = [];
for (let pair = 0; pair < pairs; pair++) {
  senders.push(await enter(FIRST + 2 * pair));
  const receiver = await enter(FIRST + 2 * pair + 1);
  let held = '';
  receiver.on('data', (bytes) => {
    const now = performance.now();
    let end = 0;
    held += bytes.toString('latin1');
    for (const found of held.matchAll(DOCUMENT)) {
      end = found.index + found[0].length;
      took.push(now - (sentAt[Number(found[1])] ?? now));
      if (rate === 0) send(pair, now);
    }
    held = held.slice(end);
  });
}

function begin(): void {
  const start = performance.now();
  if (rate === 0) for (let pair = 0; pair < pairs; pair++) send(pair, start);
  let sent = 0;
  const tick = () => {
    const due = ((performance.now() - start) / 1000) * rate;
    for (; sent < due; sent++) send(sent % pairs, start + (sent / rate) * 1000);
  };
  if (rate > 0) setInterval(tick, 1);
}

function tell(): void {
  const passed = (performance.now() - measuredSince) / 1000;
  took.sort((a, b) => a - b);
  const at = (share: number) => took[Math.floor(share * took.length)];
  console.log(JSON.stringify({ rate: took.length / passed, p50: at(0.5), p99: at(0.99) }));
  process.exit();
}

begin();
setTimeout(() => {
  took.length = 0;
  measuredSince = performance.now();
  setTimeout(tell, seconds * 1000);
}, WARM_UP);
