import { existsSync, writeFileSync } from 'node:fs';
import { ConfigError } from '../config.js';
import { LONGEST_CAPTURE, sessionIn } from '../learn/capture.js';
import { type Lesson, learn } from '../learn/learn.js';
import { Ear, type Place, relaying, standingIn } from '../learn/listen.js';
import { Session } from '../learn/session.js';
import type { Settings } from '../options.js';
import { readBounded } from '../text/bounded-file.js';
import { printable } from '../text/printable.js';
import { redacted } from '../text/secrets.js';

/** The most of a finding that is shown, in characters: names in it are those that the clients chose. */
const MOST = 1000;

/** Where an editor finds the rules for the file, beside an installed package. */
const SCHEMA = 'node_modules/chat-server/docs/dialect.schema.json';

const SCRIPT = `Let two clients of the fork do this, one after the other, then press Ctrl-C here:
  register, log in with a wrong password, log in, add each other as friends, write to each other,
  make a group, join it, write to it, log out, write to who is offline, log in again`;

/**
 * `dialect learn FILE`: overhears clients of a fork, as a stand-in for its server, before it, or from a capture, and
 * writes the file. Throws an Error in one line when that cannot be.
 */
export async function dialect(settings: Settings, [what, target = '']: readonly string[]): Promise<void> {
  if (what !== 'learn')
    throw new ConfigError(`unknown command dialect ${redacted(String(what))}; there is dialect learn FILE`);
  if (existsSync(target)) throw new Error(`${target} is there already: name a new file`);
  const session = settings.capture === undefined ? await overhear(settings) : captured(settings.capture);
  if (session.of('client').length === 0) throw new Error('no client said anything: nothing is written');
  const lesson = learn(session);
  writeFileSync(target, `${JSON.stringify({ $schema: SCHEMA, ...lesson.file }, undefined, 2)}\n`);
  tell(lesson, target, session);
}

function captured(path: string): Session {
  try {
    return sessionIn(readBounded(path, LONGEST_CAPTURE));
  } catch (error) {
    throw new Error(`${path} ${error instanceof Error ? error.message : error}`);
  }
}

/** Until Ctrl-C. */
async function overhear(settings: Settings): Promise<Session> {
  const listen = onLoopback(settings.listen);
  const to = settings.to && onLoopback(settings.to);
  const session = new Session();
  const ear = new Ear(to === undefined ? standingIn(session) : relaying(to, session));
  const port = await ear.open(listen);
  const who = to === undefined ? 'in the place of a server' : `before ${to.ip}:${to.port}`;
  console.log(`listening on ${listen.ip}:${port}, ${who}\n${SCRIPT}`);
  await new Promise<void>((resolve) => {
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => resolve());
  });
  ear.close();
  return session;
}

/** A port alone is one of this machine. */
function onLoopback({ ip = '127.0.0.1', port }: Settings['listen']): Place {
  return { ip, port };
}

function tell({ file, unseen, unsure }: Lesson, target: string, session: Session): void {
  const count = session.of('client').length;
  console.log(
    `\n${target} is written, from ${count} messages of clients and ${session.of('server').length} answers`,
  );
  const { extends: base, ...rest } = file;
  if (Object.keys(rest).length === 0)
    console.log(`it is not needed: --dialect ${base ?? 'original'} says the same`);
  for (const text of unsure) console.log(`unsure: ${printable(text, MOST)}`);
  for (const text of unseen) console.log(`not seen: ${printable(text, MOST)}`);
  console.log(`try it: chat-server 127.0.0.1 6000 --dialect ${target}`);
}
