import type { Delivery } from '../delivery/delivery.js';
import { Spool } from '../delivery/spool.js';
import type { Writer } from '../delivery/writer.js';
import { type Log, SEEN } from '../ops/log.js';
import type { Punctuality } from '../store/late.js';
import type { MessageFile } from '../store/message-file.js';
import type { Chat } from './chat.js';

/** With fewer than 1,000 messages on their way into it the store is not late any more. */
const FEW = 1000;

/** The spool on its file; it says in the log when that cannot be written, and when it can again. */
export function openSpool(file: MessageFile, log: Log): Spool {
  return new Spool(file, (reason) => {
    const { path } = file;
    if (reason === undefined)
      log.info({ file: path, [SEEN]: true }, 'what waits is written to its file again');
    else log.error({ err: reason, file: path }, 'what waits cannot be written to its file: kill -9 loses it');
  });
}

/** While the store is late what waits is copied into the spool. */
export class SpoolWhenLate implements Punctuality {
  private delivery: Delivery | undefined;
  private readonly spool: Spool;

  constructor(spool: Spool) {
    this.spool = spool;
  }

  /** From now on it is known what waits. */
  watch(delivery: Delivery): void {
    this.delivery = delivery;
  }

  late(): void {
    this.spool.begin(this.delivery?.waiting() ?? []);
  }

  answered(): void {
    if (this.delivery?.writing === 0) this.spool.end();
  }
}

/** Messages were stored: those that come from now on need no copy, unless many are still before them. */
export function endWhenFew(writer: Writer, spool: Spool | undefined): void {
  if (writer.length < FEW) spool?.end();
}

/** Delivers what a former process left in the spool, as if it had just come. Nobody waits until it has arrived. */
export async function deliverLeft({ delivery, spool, log }: Chat): Promise<void> {
  const count = await delivery.deliverLeft();
  if (count > 0) log.warn({ count, file: spool?.path }, 'messages of a former process are delivered now');
}

/** Nothing goes on any more: what still waits stays in the spool, if there is one. Returns how much is lost. */
export function spoolQueues({ delivery, spool, log }: Chat): number {
  if (spool === undefined) return delivery.kept;
  const lost = spool.close(delivery.waiting());
  const { count, path } = spool;
  if (count > 0) log.warn({ count, file: path }, 'messages wait for the next start: the database is away');
  return lost;
}
