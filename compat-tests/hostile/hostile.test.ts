import t from 'tap';
import { readInputs, SECRET } from '../../src/compat/inputs.js';
import type { Server } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';
import { dropLines, dropsLogged } from './drop-lines.js';
import { hostileSite } from './site.js';

t.test('every input of the corpus is survived, and the next message counts', async (t) => {
  const { server, talk, attacker } = await hostileSite(t);
  const inputs = readInputs();
  let user = await User.online(server, attacker);
  for (const input of inputs) {
    await user.say(input.bytes).catch((error) => t.ok(input.ends, `${input.name}: ${error}`));
    if (input.ends) user = await anew(server, user, attacker);
    else await user.say('\0');
    const came = await cameBefore(user, attacker, `after ${input.name}`);
    t.ok(came.every(isHarmless(attacker)), `${input.name}: answered, or heard by its sender alone`);
    await talk.goOn(input.name);
  }
  const drops = inputs.reduce((sum, input) => sum + input.drops, 0);
  t.equal(await dropsLogged(server, drops), drops, 'each drop is told, in a line of its own or with others');
  t.notMatch(server.child.log, new RegExp(SECRET), 'no text and no password is in the log');
  await Promise.all([user.close(), talk.close()]);
});

t.test('10,000 bad documents do not flood the log', async (t) => {
  const { server, talk } = await hostileSite(t);
  const user = await User.connect(server);
  const since = performance.now();
  for (let n = 0; n < 1000; n++)
    await user.say(
      '{\0[]\0{"msgid":99}\0{"msgid":1e999}\0{"msgid":"6"}\0{"msgid":6,"id":1,"toid":2}\0'.repeat(2),
    );
  await user.settle();
  await talk.goOn('the flood');
  t.equal(await dropsLogged(server, 12_000), 12_000, 'all are counted');
  const seconds = (performance.now() - since) / 1000;
  const { lines } = dropLines(server);
  t.ok(lines <= 10 * (Math.ceil(seconds) + 2), `${lines} lines in ${seconds} s`);
  await Promise.all([user.close(), talk.close()]);
});

/** Waits for the end of a connection, and logs in on a new one. */
async function anew(server: Server, user: User, id: number): Promise<User> {
  await user.client.end();
  return User.online(server, id);
}

/** The documents that come to a user before a message that it writes to itself. Rejects when that does not come. */
async function cameBefore(user: User, id: number, msg: string): Promise<Document[]> {
  await user.chat(id, id, msg);
  const came: Document[] = [];
  for (;;) {
    const document = await user.hear();
    if (document.msgid === 6 && document.msg === msg) return came;
    came.push(document);
  }
}

/** Whether an input may bring its sender a document: a refusal, an account, or a message of its own to itself; never a login. */
function isHarmless(id: number): (document: Document) => boolean {
  return ({ msgid, errno, id: from, toid }) =>
    msgid === 6 ? from === id && toid === id : msgid === 5 || (msgid === 2 && [1, 2].includes(errno));
}
