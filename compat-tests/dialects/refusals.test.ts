import { readdirSync } from 'node:fs';
import t, { type Test } from 'tap';
import { Speaker } from '../../src/compat/speaker.js';
import { BUILT_IN } from '../../src/dialect/builtin.js';
import { loadDialect } from '../../src/dialect/load.js';
import { MariaDb } from '../harness/mariadb.js';
import { createSchema } from '../harness/schema.js';
import { type Server, startServer } from '../harness/server.js';
import type { Document } from '../harness/user.js';

t.setTimeout(600_000);

type Types = Readonly<Record<string, 'string' | 'number'>>;

/** The members that a client reads of a refused login, and of a refused registration, with the type that it takes each for. */
interface Reads {
  readonly login: Types;
  readonly register: Types;
}

const ERRNO = { errno: 'number' } as const;
const BOTH = { errno: 'number', errmsg: 'string' } as const;
/** The original's client has words of its own for a name that is taken. */
const AS_THE_ORIGINAL: Reads = { login: BOTH, register: ERRNO };

/** By reading the client of each fork. */
const READS: Readonly<Record<string, Reads>> = {
  original: AS_THE_ORIGINAL,
  early: AS_THE_ORIGINAL,
  'distributed-chat-servers': { login: BOTH, register: BOTH },
  'CheNsiR-MASTER': AS_THE_ORIGINAL,
  'Mary-z1': {
    login: { errno: 'number', msg: 'string' },
    register: { errno: 'number', msg: 'string' },
  },
  'Minus-cell': { login: ERRNO, register: ERRNO },
  Shangyizhou: AS_THE_ORIGINAL,
  ZCTCZ: { login: { code: 'number', msg: 'string' }, register: { code: 'number', msg: 'string' } },
  aglarevv: { login: BOTH, register: BOTH },
  allenmirac: { login: { errno: 'number', errormsg: 'string' }, register: ERRNO },
  chendanye: AS_THE_ORIGINAL,
  ke020202: AS_THE_ORIGINAL,
  xiaoyou137: AS_THE_ORIGINAL,
  yhy0816: { login: BOTH, register: BOTH },
};

const FILES = readdirSync('docs/dialects').map((file) => file.replace(/\.json$/, ''));
const SHIPPED = [...Object.keys(BUILT_IN), ...FILES];
const option = (name: string) => (FILES.includes(name) ? `docs/dialects/${name}.json` : name);

/** The refusal has what its client reads, and does not say that all went well. */
function isWhole(t: Test, refusal: Document, reads: Types, what: string): void {
  const types = Object.fromEntries(Object.keys(reads).map((field) => [field, typeof refusal[field]]));
  t.same(types, reads, `${what}: ${JSON.stringify(refusal)}`);
  const [outcome = ''] = Object.keys(reads);
  t.not(refusal[outcome], 0, what);
}

t.same(SHIPPED.sort(), Object.keys(READS).sort(), 'it is known what the client of each dialect reads');

const mariadb = await MariaDb.start();
t.teardown(() => mariadb.stop());
const nodes = new Map<string, Server>();
t.teardown(() => Promise.all([...nodes.values()].map(({ child }) => child.stop('SIGKILL'))));

for (const [name, reads] of Object.entries(READS)) {
  t.test(`${name}: refusals of a login and a registration`, async (t) => {
    const database = `chat_${nodes.size}`;
    await createSchema(mariadb.url(), database);
    const options = ['--mysql', mariadb.url(database), '--dialect', option(name), '--login-failures', '0'];
    const node = await startServer(options);
    nodes.set(name, node);
    const speaker = await Speaker.connect(node, loadDialect(option(name)));
    const registered = await speaker.ask('register', { name: 'one', password: 'pw' });
    t.equal(Object.values(registered).includes(0), true, JSON.stringify(registered));
    isWhole(
      t,
      await speaker.ask('register', { name: 'one', password: 'pw' }),
      reads.register,
      'a taken name',
    );
    isWhole(t, await speaker.ask('register', { name: 'two' }), reads.register, 'no password');
    isWhole(t, await speaker.login(1, 'one', 'wrong'), reads.login, 'a wrong password');
    isWhole(t, await speaker.login(99, 'nobody', 'pw'), reads.login, 'an unknown user');
    isWhole(t, await speaker.ask('login', { password: 'pw' }), reads.login, 'nobody at all');
    await speaker.login(1, 'one', 'pw');
    isWhole(t, await speaker.login(1, 'one', 'pw'), reads.login, 'in use');
    await speaker.close();
  });
}

t.test('refusals while the database is away', async (t) => {
  await mariadb.kill();
  await Promise.all(
    [...nodes].map(async ([name, node]) => {
      const { login, register } = READS[name] ?? AS_THE_ORIGINAL;
      const speaker = await Speaker.connect(node, loadDialect(option(name)));
      isWhole(t, await speaker.login(2, 'two', 'pw'), login, `${name}: a login`);
      isWhole(t, await speaker.ask('register', { name: 'three', password: 'pw' }), register, name);
      await speaker.close();
    }),
  );
});
