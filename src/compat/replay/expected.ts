import { DIFFERENT, type Expectation } from './expectation.js';
import type { Scenario, Step } from './scenario.js';

/** The expectation in place of a recording, and its number in DIFFERENCES.md. */
export interface Alternative {
  readonly number: number;
  readonly scenario: Scenario;
}

/** Verbs that count only from who is logged in on the connection: logout, chat, friends, groups. */
const OF_A_USER = [3, 6, 7, 8, 9, 10];

/** How a recording may go on a server that differs on purpose, the likeliest first. */
export function alternatives(recorded: Scenario): Alternative[] {
  const named = DIFFERENT[recorded.name];
  const number = Number(/\d+$/.exec(named?.why ?? '')?.[0]);
  const first = named === undefined ? [] : [{ number, scenario: changed(recorded, named) }];
  return [
    ...first,
    { number: 3, scenario: onlyAsOneself(recorded) },
    ...first.map(({ scenario }) => ({ number, scenario: onlyAsOneself(scenario) })),
  ].filter(({ scenario }) => JSON.stringify(scenario) !== JSON.stringify(recorded));
}

function changed(recorded: Scenario, { ours }: Expectation): Scenario {
  return ours(recorded);
}

/** As it goes where messages count only from a user who is logged in on the connection (DIFFERENCES 3). */
function onlyAsOneself(recorded: Scenario): Scenario {
  const users = new Map<string, Set<number>>();
  const steps = recorded.steps.map((step): Step => {
    if (step.do !== 'send') return step;
    const here = users.get(step.conn) ?? new Set();
    users.set(step.conn, here);
    const request = read(step.bytes);
    const id = (Number(request.id) | 0) as number;
    const msgid = Math.trunc(Number(request.msgid));
    if (OF_A_USER.includes(msgid) && !here.has(id)) return { ...step, received: {} };
    if (msgid === 3) here.delete(id);
    for (const item of step.received[step.conn] ?? []) {
      const reply = item === 'EOF' ? {} : read(item);
      if (reply.msgid === 2 && reply.errno === 0) here.add(Number(reply.id));
    }
    return step;
  });
  return { ...recorded, steps };
}

/** The object in these bytes, as far as JavaScript reads it. */
function read(bytes: Buffer): Record<string, unknown> {
  try {
    return JSON.parse(
      String(bytes)
        .replace(/^\ufeff/, '')
        .replaceAll('\0', '')
        .trim(),
    );
  } catch {
    return {};
  }
}
