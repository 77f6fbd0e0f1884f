import t from 'tap';
import { Bus } from './bus.js';
import type { BusEvents } from './events.js';
import { InProcessHub } from './in-process.js';
import type { Medium, MediumEvents } from './medium.js';

const deaf: BusEvents = {
  receive: () => false,
  receiveUnconfirmed: () => {},
  confirm: () => false,
  returned: () => {},
  stored: () => {},
  taken: () => {},
  wayChanged: () => {},
  changed: () => {},
  isHere: () => false,
};

t.test(
  'what was published while another node was cut off has not arrived, though somebody was counted',
  async (t) => {
    const hub = new InProcessHub();
    let answer: (count: number) => void = () => {};
    const promise = new Promise<number>((resolve) => {
      answer = resolve;
    });
    const slow: Medium = Object.assign(hub.medium(), { publish: () => promise });
    const broken = hub.medium();
    let broke: MediumEvents | undefined;
    const start = broken.start.bind(broken);
    broken.start = (node, events) => {
      broke = events;
      return start(node, events);
    };
    const sender = new Bus(slow);
    const receiver = new Bus(broken);
    await sender.start(deaf);
    await receiver.start(deaf);

    const published = sender.publish(2, {
      bytes: Buffer.from('a message'),
      done: () => t.fail('it has not left'),
    });
    broke?.up(false);
    broke?.up(true);
    answer(1);
    t.equal(await published, false);

    await Promise.all([sender.close(0), receiver.close(0)]);
  },
);
