import type { Delivery } from '../delivery/delivery.js';
import { Spool } from '../delivery/spool.js';
import { type Log, SEEN } from '../ops/log.js';
import { punctual } from '../store/late.js';
import type { MessageFile } from '../store/message-file.js';
import type { Store } from '../store/store.js';
import type { Chat } from './chat.js';

/** With so few messages on their way into it the store is not late any more. */
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

/** The same store; while it is late what waits is copied into the spool. */
export function spoolWhenLate(store: Store, spool: Spool, delivery: () => Delivery): Store {
  return punctual(store, {
    late: () => spool.begin(delivery().waiting()),
    answered: () => {
      if (delivery().writing === 0) spool.end();
    },
  });
}

/** Messages were stored: those that come from now on need no copy, unless many are still before them. */
export function endWhenFew({ writing }: Delivery, spool: Spool | undefined): void {
  if (writing < FEW) spool?.end();
}

/** Delivers what a former process left in the spool, as if it had just come. Nobody waits until it has arrived. */
export async function deliverLeft({ delivery, spool, log }: Chat): Promise<void> {
  const count = await delivery.deliverLeft();
  if (count > 0) log.warn({ count, file: spool?.path }, 'messages of a former process are delivered now');
}

/** Nothing goes on any more: what still waits stays in the spool, if there is one. Returns how much is lost. */
export function keepRest({ delivery, spool, log }: Chat): number {
  if (spool === undefined) return delivery.kept;
  const lost = spool.close(delivery.waiting());
  const { count, path } = spool;
  if (count > 0) log.warn({ count, file: path }, 'messages wait for the next start: the database is away');
  return lost;
}
