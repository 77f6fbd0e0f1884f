import { Bus } from '../../src/bus/bus.js';
import { SocketMedium } from '../../src/bus/sockets.js';
import { NO_EVENTS } from '../harness/bus-node.js';

/*
 * A node on the bus in the folder of its argument, with the user 2. It writes a line for each message that comes for the
 * user.
 */

const [, , folder = ''] = process.argv;
const bus = new Bus(new SocketMedium(folder));
await bus.start({
  ...NO_EVENTS,
  receive: (userid, message) => {
    console.log(`received ${message.bytes} for ${userid}`);
    message.settle(userid);
    return true;
  },
});
await bus.listen(2);
console.log('there');
