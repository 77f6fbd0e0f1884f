import { Duplex } from 'node:stream';
import { setImmediate as turn } from 'node:timers/promises';
import { InProcessHub } from '../../src/bus/in-process.js';
import type { Chat } from '../../src/chat/chat.js';
import { Delivery } from '../../src/chat/delivery.js';
import { dispatch as handle } from '../../src/chat/dispatch.js';
import { Mailbox } from '../../src/chat/mailbox.js';
import { Sessions } from '../../src/chat/sessions.js';
import { loadDialect } from '../../src/dialect/load.js';
import { ScannerPool } from '../../src/json/scanner-pool.js';
import { LIMITS } from '../../src/limits.js';
import { Connection, type ConnectionHost } from '../../src/net/connection.js';
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
  chat.sessions.settle(FIRST_USER, new Connection(wire, 'sender', host));
  chat.sessions.settle(FIRST_USER + 1, new Connection(new Wire(), 'receiver', host));
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

/** What one-to-one chat needs of a server. */
function server() {
  const store = openEmbedded(':memory:');
  const bus = new InProcessHub().bus();
  const sessions = new Sessions();
  const mailbox = new Mailbox(store, LIMITS, { stored: fail, lost: fail, away: fail });
  const delivery = new Delivery(sessions, bus, mailbox);
  const chat = { dialect, store, bus, sessions, delivery, options: { trustClientIds: false } } as Chat;
  const host: ConnectionHost = {
    dialect,
    scanners: new ScannerPool(dialect.scanned),
    limits: { ...LIMITS, maxMessage: 65_536, pace: 0 },
    handle: (connection, message) => handle(chat, connection, message),
    fault: fail,
    closed: fail,
  };
  return { chat, host };
}

function fail(): never {
  throw new Error('a message did not get there');
}
