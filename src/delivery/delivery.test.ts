import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import t from 'tap';
import { aConnectionHost } from '../../compat-tests/harness/connection-host.js';
import { openRoom } from '../../compat-tests/harness/room.js';
import { Connection } from '../net/connection.js';

const MEMBERS = 50;

/** A stream that keeps what is written to it. */
class Wire extends Duplex {
  readonly writes: string[] = [];

  override _read(): void {}

  override _write(bytes: Buffer, _encoding: string, done: () => void): void {
    this.writes.push(bytes.toString());
    done();
  }
}

t.test('members of a group who all write in the same moment get all of it in one write each', async (t) => {
  const { delivery, presence } = await openRoom(t);
  const host = aConnectionHost(1 << 20);
  const members = Array.from({ length: MEMBERS }, (_, id) => {
    const wire = new Wire();
    const connection = new Connection(wire, `member ${id}`, host);
    const session = presence.arrive(id);
    session.enter(connection, () => {});
    session.goLive();
    return { id, state: 'online' as const, wire, connection };
  });
  for (const { id, connection } of members) {
    const others = members.filter((member) => member.id !== id);
    t.equal(delivery.deliverToAll(others, Buffer.from(`[${id}]`), connection.account), 0, 'at once');
  }
  await turn();
  for (const { id, wire } of members) {
    const others = members.filter((member) => member.id !== id);
    t.same(wire.writes, [others.map((member) => `[${member.id}]`).join('')]);
  }
});
