import t from 'tap';
import { MORE } from '../../src/protocol/numbers.js';
import { atATime } from '../harness/at-a-time.js';
import { startServer } from '../harness/server.js';
import { breaking } from './relay.js';
import { runTool, verdicts } from './tool.js';

t.setTimeout(600_000);

/** Each kind of answer that the original does not have, by its number, and a case that finds another byte in it. */
const BEYOND: Readonly<Record<keyof typeof MORE.replies, string | undefined>> = {
  abilities: 'what-it-can',
  heartbeat: 'heartbeat',
  deleteFriend: 'delete-friend',
  leaveGroup: 'leave-group',
  dissolveGroup: 'dissolve-group',
  memberList: 'members',
  renameGroup: 'rename-group',
  lookUp: 'who-is',
  changePassword: 'change-password',
  resume: 'seq',
  recall: 'recall',
  history: 'history',
  search: 'search',
  friendRequests: 'friend-requests',
  acceptFriend: 'friend-requests',
  refuseFriend: 'friend-requests',
  confirm: 'confirm',
  ack: 'seq-group',
  recalled: 'recall',
  // Nothing says whether a server has it.
  friendState: undefined,
  friendAdded: 'answers',
  groupCreated: 'answers',
  groupJoined: 'answers',
};

t.test('another byte in an answer that the original does not have is found', async (t) => {
  const server = await startServer([
    ...['--data', ':memory:', '--pace', '0', '--history', '1', '--friend-requests'],
  ]);
  t.teardown(() => server.child.stop('SIGKILL'));
  const found = Object.entries(BEYOND).flatMap(([reply, name]) =>
    name === undefined ? [] : [{ reply, name }],
  );
  // One run after the other would take longer than a test file may on a busy machine.
  await atATime(4, found, async ({ reply, name }) => {
    const number = MORE.replies[reply as keyof typeof MORE.replies];
    const relay = await breaking(server.port, (text) =>
      text.replaceAll(`"msgid":${number}`, `"msgid":${number + 400}`),
    );
    const run = await runTool(relay.port, '--only', `more/${name}`, '--timeout', '60');
    relay.close();
    t.same([run.status, verdicts(run, `more/${name}`)], [1, ['wrong']], `${reply}\n${run.log}`);
  });
});
