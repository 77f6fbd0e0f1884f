import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import t from 'tap';
import type { Renamed } from '../harness/schema.js';
import { forkOf } from './forks.js';
import { readRecording } from './recording.js';
import { replay } from './replay.js';
import { Services, writeDialect } from './site.js';

t.setTimeout(600_000);
const services = await Services.start();
t.teardown(() => services.stop());

/** As half of the forks call them: found without a word. */
const CAPITALS = {
  ...{ user: 'User', friend: 'Friend', allgroup: 'AllGroup' },
  ...{ groupuser: 'GroupUser', offlinemessage: 'OfflineMessage' },
};

/** Only a dialect file can tell these. */
const OTHERS = {
  ...CAPITALS,
  user: 'Users',
  allgroup: 'Groups',
  offlinemessage: 'OfflineMsg',
  grouprole: 'role',
};
const TABLES = {
  ...{ user: 'Users', allgroup: { table: 'Groups' }, offlinemessage: 'OfflineMsg' },
  groupuser: { columns: { grouprole: 'role' } },
};

async function session(recording: string, dialect: string, names: Renamed): Promise<void> {
  const site = await services.nodes(dialect, names);
  try {
    const { mend } = forkOf(recording);
    await replay(mend(readRecording(recording)), dialect, site);
  } finally {
    await site.stop();
  }
}

for (const recording of [
  'Polaris-hzn8-distributed-chat-servers',
  'Shaohua-rue-ClusterChatServer',
  'Mary-z1-ClusterChatServer',
]) {
  t.test(`a session on two nodes with tables in capitals: ${recording}`, async () => {
    await session(recording, forkOf(recording).dialect, CAPITALS);
  });
}

for (const recording of ['Minus-cell-Cluster_Chat', 'ZCTCZ-Cluster-chat-server']) {
  t.test(`a session on two nodes with names from a dialect file: ${recording}`, async (t) => {
    const example = JSON.parse(readFileSync(join(forkOf(recording).dialect), 'utf8'));
    const file = writeDialect({ ...example, tables: TABLES });
    t.teardown(() => file.remove());
    await session(recording, file.path, OTHERS);
  });
}

t.test('without the names in its dialect file the node says what there is, and what to write', async (t) => {
  await t.rejects(
    session('Minus-cell-Cluster_Chat', 'docs/dialects/Minus-cell.json', OTHERS),
    /it has no table user; there are Friend, Groups, GroupUser, OfflineMsg, Users: say which one it is/,
  );
});
