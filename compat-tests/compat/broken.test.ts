import t from 'tap';
import { startServer } from '../harness/server.js';
import { breaking } from './relay.js';
import { faulty, runTool, verdicts } from './tool.js';

t.setTimeout(600_000);

const BROKEN: Readonly<Record<string, [from: RegExp, to: string, found: string[]]>> = {
  'another byte in the reply to a registration': [
    /"errno":0,("id":\d+,"msgid":5)/g,
    '"errno":0, $1',
    ['session/register'],
  ],
  'another byte in the reply to a login': [/"msgid":2,"name"/g, '"msgid":2,"Name"', ['session/login']],
  'another byte in a refused login': [
    /password is invalid!/g,
    'password is invalid.',
    ['session/wrong-password'],
  ],
  'another byte in a refused registration': [
    /"errno":1,"msgid":5/g,
    '"errno":4,"msgid":5',
    ['session/register-taken-name'],
  ],
  'another byte where an account is in use': [
    /is using, input/g,
    'is using. input',
    ['session/account-in-use'],
  ],
  'another byte in a message': [/"msg":"one more"/g, '"msg":"one m0re"', ['session/chat']],
  'another byte in a group message': [
    /"msg":"to all","msgid":10/g,
    '"msg":"to alL","msgid":10',
    ['session/group-chat'],
  ],
  'members in another order': [
    /\\"users\\":\[(.*?\}\\"),(.*?\}\\"),(.*?\}\\")\]/g,
    '\\"users\\":[$1,$3,$2]',
    ['session/group'],
  ],
  'groups in another order': [
    /"groups":\[(".*?\]\}"),(".*?\]\}"),(".*?\]\}")\]/g,
    '"groups":[$1,$3,$2]',
    ['session/groups'],
  ],
  'another byte in a stored message': [/number 42/g, 'number 47', ['stored/many']],
  'friends in another order': [
    /"friends":\[("[^\]]*?\}"),("[^\]]*?\}")\]/g,
    '"friends":[$2,$1]',
    ['session/friends'],
  ],
  'a message of three hundred that is lost': [/\{[^{}]*"msg":"217"[^{}]*\}/g, '', ['order/one-by-one']],
};

for (const [what, [from, to, found]] of Object.entries(BROKEN))
  t.test(`${what} is found`, async (t) => {
    const server = await startServer(['--data', ':memory:', '--pace', '0']);
    const relay = await breaking(server.port, (text) => text.replace(from, to));
    t.teardown(async () => {
      relay.close();
      await server.child.stop('SIGKILL');
    });
    const group = (found[0] ?? '').split('/')[0] ?? '';
    const run = await runTool(relay.port, '--only', group, '--timeout', '15');
    t.equal(run.status, 1, run.log);
    const wrong = faulty(run);
    for (const id of found) t.ok(wrong.includes(id), `${id}: ${wrong}`);
  });

t.test('a server that ends in a case has ended, and what was not run is told', async (t) => {
  const server = await startServer(['--data', ':memory:']);
  const relay = await breaking(server.port, (text) => {
    if (text.includes('"msg":"hello"')) relay.close();
    return text;
  });
  t.teardown(async () => {
    relay.close();
    await server.child.stop('SIGKILL');
  });
  const run = await runTool(relay.port, '--only', 'session', '--timeout', '15');
  t.equal(run.status, 1, run.log);
  t.same(verdicts(run, 'session/login', 'session/chat', 'session/chat-to-oneself'), [
    'same',
    'ended',
    'not run',
  ]);
});
