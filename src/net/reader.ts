import { Socket } from 'node:net';
import type { Duplex, Writable } from 'node:stream';
import type { SocketTable } from './socket-table.js';

/** The program at the other end of a connection, when it runs on this machine: whether it has read what was written. */
export class Reader {
  private readonly table: SocketTable;
  /** The beginning of its row in the table, behind its number and address. */
  private readonly row: string;
  private last: number | undefined;

  private constructor(table: SocketTable, row: string) {
    this.table = table;
    this.row = row;
  }

  /** Undefined for a stream that leaves this machine, or is no socket. */
  static of(stream: Writable | Duplex, table: SocketTable): Reader | undefined {
    if (!(stream instanceof Socket)) return undefined;
    const { remoteAddress, localAddress, remotePort, localPort } = stream;
    const [remote, local] = [v4(remoteAddress), v4(localAddress)];
    if (remote === undefined || local === undefined || remotePort === undefined || localPort === undefined)
      return undefined;
    if (remote !== local && !(remote.startsWith('127.') && local.startsWith('127.'))) return undefined;
    return new Reader(table, `${hexOf(remote)}:${port(remotePort)} ${hexOf(local)}:${port(localPort)} 01 `);
  }

  /**
   * How many of the bytes that were written before this call it has not read. Undefined where that is not known: then
   * the caller goes by the clock. Never rejects.
   */
  async unread(): Promise<number | undefined> {
    const { table } = this;
    // A reader that did not read at the last look loses nothing by waiting until the next look.
    if (!table.canLook) return this.last === 0 ? undefined : this.last;
    const rows = await table.look();
    this.last = rows && unreadIn(rows, this.row);
    return this.last;
  }
}

/** `tx_queue:rx_queue` follows, in hexadecimal digits. */
function unreadIn(rows: Buffer, row: string): number | undefined {
  const at = rows.indexOf(row, 0, 'latin1');
  if (at < 0) return undefined;
  const from = at + row.length + 'tttttttt:'.length;
  return Number.parseInt(rows.toString('latin1', from, from + 8), 16);
}

function v4(address = ''): string | undefined {
  const plain = address.replace(/^::ffff:/, '');
  return /^\d+\.\d+\.\d+\.\d+$/.test(plain) ? plain : undefined;
}

/** An address as the table has it: four bytes in the order of the machine, which on all that Node runs on but one is this. */
function hexOf(address: string): string {
  return address
    .split('.')
    .reverse()
    .map((part) => hex(Number(part), 2))
    .join('');
}

function port(number: number): string {
  return hex(number, 4);
}

function hex(number: number, digits: number): string {
  return number.toString(16).toUpperCase().padStart(digits, '0');
}
