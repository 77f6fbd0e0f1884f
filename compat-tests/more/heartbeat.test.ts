import t from 'tap';
import { until } from '../harness/deadline.js';
import { ask, onAllPlaces } from './site.js';

t.setTimeout(600_000);

await onAllPlaces(
  t,
  {
    'who has sent a heartbeat and stops is offline; a client of the original may be silent': async (
      t,
      place,
    ) => {
      await place.accounts(1, 2, 3);
      const [one, silent] = [await place.online(0, 1), await place.online(1, 2)];
      t.match(await ask(one, { msgid: 101 }), { heartbeat: 1 });
      t.same(await ask(one, { msgid: 103, seq: 1 }), { errno: 0, msgid: 104 });
      t.same(await one.rest(), [], 'the server ends it');
      // Another node lets the user in once its own has set it offline.
      const { database } = place.site;
      await until(async () => !(await database.online()).includes(1), 'the user to be offline');
      const again = await place.online(1, 1);
      await again.chat(1, 2, 'are you there?');
      t.match(await silent.hear(), { msg: 'are you there?' });
      await Promise.all([again.close(), silent.close()]);
    },
  },
  '--heartbeat',
  '1',
);
