import { openRedis } from '../../src/bus/redis.js';

/*
 * A node in a process of its own, to be killed: node bus-process.js URL USERID...
 * It says "ready", and the count of messages as they arrive; it takes those that begin with "take".
 */
const [url = '', ...userids] = process.argv.slice(2);
const bus = openRedis({ url });
let count = 0;
await bus.start({
  receive: (_, message, taken) => {
    if (message.toString().startsWith('take')) taken();
    count++;
    console.log(`received ${count}.`);
  },
  restored: () => {},
  undelivered: () => {},
});
for (const userid of userids) await bus.subscribe(Number(userid));
console.log('ready');
