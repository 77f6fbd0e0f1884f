import t from 'tap';
import { Site } from '../harness/site.js';
import { User } from '../harness/user.js';
import { writeDialect } from './site.js';

t.setTimeout(600_000);

t.test(
  'a chat has another number, and a time, for who gets it: at once, in groups, and stored',
  async (t) => {
    const passedOn = (number: number) => ({
      passedOn: { number, time: 'time', constants: { z: [1, null] } },
    });
    const file = writeDialect({ verbs: { chat: passedOn(106), groupChat: passedOn(110) } });
    t.teardown(() => file.remove());
    const site = await Site.embedded('--dialect', file.path);
    t.teardown(() => site.stop());
    const one = await User.connect(site.node(0));
    for (const name of ['one', 'two']) await one.register(name);
    await one.login(1);
    await one.chat(1, 2, 'stored');
    await one.settle();
    const two = await User.connect(site.node(0));
    const time = /^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d$/;
    const z = [1, null];
    const { offlinemsg } = await two.login(2);
    t.match(JSON.parse(offlinemsg[0]), { id: 1, msg: 'stored', msgid: 106, time, toid: 2, z });
    await one.chat(1, 2, 'now');
    t.match(await two.hear(), { id: 1, msg: 'now', msgid: 106, time, toid: 2, z });
    await one.say({ msgid: 8, groupname: 'g', groupdesc: '', id: 1 });
    await one.settle();
    await two.say({ msgid: 9, groupid: 1, id: 2 });
    await two.settle();
    await one.groupChat(1, 1, 'all');
    t.match(await two.hear(), { groupid: 1, msg: 'all', msgid: 110, time, z });
  },
);
