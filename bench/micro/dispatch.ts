import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { Bus } from '../../src/bus/bus.js';
import { InProcessHub } from '../../src/bus/in-process.js';
import type { Chat } from '../../src/chat/chat.js';
import { createChat } from '../../src/chat/create.js';
import { dispatch as handle } from '../../src/chat/dispatch.js';
import { loadDialect } from '../../src/dialect/load.js';
import { ScannerPool } from '../../src/json/scanner-pool.js';
import { LIMITS } from '../../src/limits.js';
import { Connection, type ConnectionHost } from '../../src/net/connection.js';
import { Turns } from '../../src/net/turns.js';
import { openLog } from '../../src/ops/log.js';
import { openEmbedded } from '../../src/store/embedded/embedded.js';
import { FIRST_USER } from '../load/message.js';
import type { Case } from './bench.js';
import { FRAME, PIPELINED } from './samples.js';

const dialect = loadDialect('original');
const READ = Buffer.concat(Array<Buffer>(PIPELINED).fill(FRAME));

/** A stream whose input is pushed by hand and whose output goes nowhere. */
class Wire extends Duplex {
  override _read(): void {}

  override _write(_bytes: Buffer, _encoding: string, done: () => void): void {
    done();
  }
}

/** A message's whole way through the server, from one connection to another, on streams in memory. */
export function dispatch(): Case[] {
  const { chat, host } = server();
  const wire = new Wire();
  enter(chat, FIRST_USER, new Connection(wire, 'sender', host));
  enter(chat, FIRST_USER + 1, new Connection(new Wire(), 'receiver', host));
  const send = (bytes: Buffer) => async () => {
    wire.push(bytes);
    await turn();
  };
  return [
    ['nothing, for its event loop turn alone', () => turn()],
    ['1 message in a turn', send(FRAME)],
    [`${PIPELINED} messages in a turn`, send(READ)],
  ];
}

function enter({ presence }: Chat, userid: number, connection: Connection): void {
  const session = presence.arrive(userid);
  session.enter(connection, () => {});
  session.goLive();
}

/** The parts of a server that one-to-one chat needs. */
function server() {
  const chat = createChat({
    dialect,
    store: openEmbedded(':memory:'),
    bus: new Bus(new InProcessHub().medium()),
    log: openLog('silent'),
    options: {
      heartbeat: 0,
      friendRequests: false,
      recall: 0,
      history: 0,
      trustClientIds: false,
      most: { friends: 0, groups: 0, members: 0, groupsPerHour: 0 },
    },
    loginFailures: 0,
    maxKept: 1 << 28,
    stopping: new AbortController().signal,
  });
  const host: ConnectionHost = {
    dialect,
    scanners: new ScannerPool(dialect.scanned),
    limits: { ...LIMITS, maxMessage: 65_536, pace: 0 },
    budget: chat.budget,
    turns: new Turns(),
    clock: { now: 0 },
    handle: (connection, message) => handle(chat, connection, message),
    fault: fail,
    slow: fail,
    closed: fail,
  };
  return { chat, host };
}

function fail(): never {
  throw new Error('a message did not get there');
}
