import { Counter } from '../../src/compat/load/counter.js';
import { type Line, withLines } from '../../src/compat/load/line.js';
import { Tally } from '../../src/compat/load/tally.js';
import { enter, enterRelay } from './enter.js';
import { chat, FIRST_USER } from './message.js';
import { each, measure, type Outcome, type Scenario, storageOf, type Trial } from './scenario.js';
import { ids, seedUsers } from './seed.js';

/** The servers of a scenario: one unless given. */
interface Shape {
  readonly nodes?: number;
  readonly workers?: number;
}

/** Pairs of users: one sends, and sends the next as the other gets the one before. */
export function pairs(
  name: string,
  count: number,
  inFlight: number,
  { nodes = 1, workers = 1 }: Shape = {},
): Scenario {
  return {
    name,
    operation: 'message',
    nodes,
    workers,
    onRelay: nodes * workers === 1,
    run: async (trial) => {
      if (trial.target.kind === 'chat') await seedUsers(storageOf(trial), 2 * count);
      return await chatInPairs(trial, count, inFlight);
    },
  };
}

/** Pairs of the first users log in, chat and leave. */
export async function chatInPairs(trial: Trial, count: number, inFlight: number): Promise<Outcome> {
  const tally = new Tally();
  const lines = await connectAll(trial, 2 * count);
  for (let i = 0; i < count; i++) link(trial, tally, lines, 2 * i, inFlight);
  return await withLines(lines, () => measure(trial, tally));
}

/** Users by turns on each of the nodes, so that the two of a pair are on different ones when there are two. */
async function connectAll(trial: Trial, users: number): Promise<Line[]> {
  const { site, target } = trial;
  const port = (i: number) => site.ports[(i + (i >> 1)) % site.ports.length]!;
  if (target.kind === 'chat')
    return await each(ids(users), (id) => enter(port(id - FIRST_USER), id), target.loginGap);
  return await each(ids(users), (id) => enterRelay(site.ports[0]!, id, partner(id)));
}

/** FIRST_USER is odd: it and the next one are a pair. */
function partner(id: number): number {
  return id % 2 === 1 ? id + 1 : id - 1;
}

function link(trial: Trial, tally: Tally, lines: readonly Line[], index: number, inFlight: number): void {
  const sender = lines[index]!;
  const receiver = lines[index + 1]!;
  const id = FIRST_USER + index;
  const message = chat(id, partner(id));
  // One write for all that are due; made once, as the messages are all the same.
  const writes = Array.from({ length: inFlight + 1 }, (_, n) => Buffer.concat(Array(n).fill(message)));
  // A chat server drops the NUL, a bare relay passes it on.
  const counter = new Counter(trial.target.kind === 'chat' ? message.length - 1 : message.length, tally);
  const sentAt = new Float64Array(inFlight);
  let next = 0;
  const send = (count: number, now: number) => {
    tally.begun += count;
    for (let i = 0; i < count; i++) sentAt[(next + i) % inFlight] = now;
    sender.send(writes[count]!);
  };
  receiver.onBytes = (bytes, count) => {
    const delivered = counter.push(bytes, count);
    const documents = Math.min(delivered, inFlight);
    if (delivered > documents) tally.note('messages were delivered twice');
    if (documents === 0) return;
    const now = performance.now();
    for (let i = 0; i < documents; i++) tally.finish(sentAt[(next + i) % inFlight]!, now);
    if (tally.going) send(documents, now);
    next = (next + documents) % inFlight;
  };
  for (const line of [sender, receiver]) line.onEnd = () => tally.fail('a connection ended');
  send(inFlight, performance.now());
}
