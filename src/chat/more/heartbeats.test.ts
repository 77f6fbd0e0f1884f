import t from 'tap';
import { Heartbeats } from './heartbeats.js';

/** A client as it is seen: how long it is silent, and why it was sent away. */
class Client {
  idleFor = 0;
  isPaused = false;
  why: string | undefined;

  sendAway(reason: string): void {
    this.why = reason;
  }
}

t.test('who has sent a heartbeat and stops for three intervals is sent away', async (t) => {
  const heartbeats = new Heartbeats(10);
  t.teardown(() => heartbeats.close());
  const [beating, stopped, never] = [new Client(), new Client(), new Client()];
  heartbeats.add(beating);
  heartbeats.add(stopped);
  [beating.idleFor, stopped.idleFor, never.idleFor] = [30_000, 30_001, 900_000];
  heartbeats.look();
  t.equal(stopped.why, undefined, 'what has come meanwhile may not have been read');
  heartbeats.look();
  t.same([beating.why, stopped.why, never.why], [undefined, 'its heartbeat has stopped', undefined]);
});

t.test('a process that was frozen finds everybody late once, and who goes on stays', async (t) => {
  const heartbeats = new Heartbeats(10);
  t.teardown(() => heartbeats.close());
  const client = new Client();
  heartbeats.add(client);
  client.idleFor = 500_000;
  heartbeats.look();
  client.idleFor = 0;
  heartbeats.look();
  client.idleFor = 500_000;
  heartbeats.look();
  t.equal(client.why, undefined);
});

t.test('who is not read from, and who is gone, is not late; 0 lets everybody be silent', async (t) => {
  const [heartbeats, none] = [new Heartbeats(10), new Heartbeats(0)];
  t.teardown(() => heartbeats.close());
  const [paused, gone, free] = [new Client(), new Client(), new Client()];
  heartbeats.add(paused);
  heartbeats.add(gone);
  none.add(free);
  paused.isPaused = true;
  heartbeats.forget(gone);
  for (const client of [paused, gone, free]) client.idleFor = 500_000;
  for (const each of [heartbeats, none]) for (let look = 0; look < 3; look++) each.look();
  t.same([paused.why, gone.why, free.why], [undefined, undefined, undefined]);
});
