import { type From, Line } from '../../src/compat/load/line.js';
import { document, login } from './message.js';

/** Connects and logs in. Rejects with the answer when it is not "welcome". */
export async function enter(port: number, id: number, from?: From): Promise<Line> {
  return greet(port, login(id), from);
}

/** Connects to a bare relay, and tells it who this is and to whom everything else goes. */
export async function enterRelay(port: number, id: number, toid: number): Promise<Line> {
  return greet(port, document({ id, toid }));
}

async function greet(port: number, greeting: Buffer, from?: From): Promise<Line> {
  const line = await Line.open(port, from);
  const answer = await line.ask(greeting);
  if (answer.errno !== 0) throw new Error(`login was answered ${JSON.stringify(answer)}`);
  return line;
}
