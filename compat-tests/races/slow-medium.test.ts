import t from 'tap';
import { InProcessHub } from '../../src/bus/in-process.js';
import { LinkOrder } from './link-order.js';
import { SlowMedium } from './slow-medium.js';

const ignore = () => {};
const events = { received: ignore, heard: ignore, up: ignore, gone: ignore, beat: ignore, nodes: () => [] };

/** A node's medium where each thing waits until `pass`, and how many listen for user 2. */
async function slow() {
  const hub = new InProcessHub();
  let waiting: (() => void)[] = [];
  const step = () => new Promise<void>((resolve) => waiting.push(resolve));
  const medium = new SlowMedium(hub.medium(), false, new LinkOrder(), step);
  await medium.start('node', events);
  const pass = async (works: Promise<unknown>) => {
    let isDone = false;
    works.then(() => {
      isDone = true;
    });
    while (!isDone) {
      const now = waiting;
      waiting = [];
      for (const resolve of now) resolve();
      await new Promise(setImmediate);
    }
  };
  return { medium, pass, listeners: () => hub.medium().subscribers(2) };
}

t.test('a cut ends every subscription, also one whose end is on its way', async (t) => {
  const { medium, pass, listeners } = await slow();
  await pass(medium.subscribe(2));
  t.equal(await listeners(), 1);
  const ended = medium.unsubscribe(2);
  await medium.cut();
  await pass(ended);
  await pass(medium.heal());
  t.equal(await listeners(), 0, 'nobody wishes it any more');
});

t.test('after a cut what is wished is subscribed again, also what was on its way', async (t) => {
  const { medium, pass, listeners } = await slow();
  const begun = medium.subscribe(2);
  await medium.cut();
  await pass(begun);
  t.equal(await listeners(), 0);
  await pass(medium.heal());
  t.equal(await listeners(), 1);
});
