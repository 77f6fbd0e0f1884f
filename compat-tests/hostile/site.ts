import type { Test } from 'tap';
import { type Server, startServer } from '../harness/server.js';
import { User } from '../harness/user.js';
import { Talk } from './talk.js';

/** A server, two of its users who talk to each other, and the id of a third one who is no friend of theirs. */
export interface HostileSite {
  readonly server: Server;
  readonly talk: Talk;
  readonly attacker: number;
}

/** Starts a server that ends with the test. Accounts 1 and 2 talk, 3 is the attacker's, 4 is never online. */
export async function hostileSite(test: Test, ...options: string[]): Promise<HostileSite> {
  const server = await startServer([
    '--data',
    ':memory:',
    '--login-failures',
    '0',
    '--pace',
    '0',
    ...options,
  ]);
  test.teardown(() => server.child.stop('SIGKILL'));
  const first = await User.connect(server);
  for (const n of [1, 2, 3, 4]) await first.register(`u${n}`);
  await first.login(1);
  await first.say({ id: 1, msgid: 8, groupname: 'not for everyone', groupdesc: '' });
  await first.settle();
  return { server, talk: new Talk(first, await User.online(server, 2)), attacker: 3 };
}
