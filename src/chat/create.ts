import type { Bus } from '../bus/bus.js';
import { Delivery } from '../delivery/delivery.js';
import { Presence } from '../delivery/presence.js';
import { toldOf, tracer } from '../delivery/trace.js';
import { Writer } from '../delivery/writer.js';
import { History } from '../history/history.js';
import { LIMITS } from '../limits.js';
import { Account, Budget } from '../net/budget.js';
import { unexpected } from '../net/guard.js';
import { Drops } from '../ops/drops.js';
import type { Log } from '../ops/log.js';
import { Metrics } from '../ops/metrics.js';
import type { Dialect } from '../protocol/dialect.js';
import { punctual } from '../store/late.js';
import type { MessageFile } from '../store/message-file.js';
import type { Store } from '../store/store.js';
import { Attempts } from './attempts.js';
import { Bans } from './bans.js';
import { Changes } from './changes.js';
import type { Chat, ChatOptions } from './chat.js';
import { type Explainer, Hints } from './hints.js';
import { Holdings, Hourly } from './holdings.js';
import { keepOut, letGo } from './leave.js';
import { FriendWatch } from './more/friend-watch.js';
import { Heartbeats } from './more/heartbeats.js';
import { Numbers } from './more/numbers.js';
import { hearRecalled } from './more/recall.js';
import type { Program } from './program.js';
import { Shortener } from './shortener.js';
import { openSpool, storing } from './storing.js';
import { Suspicion } from './suspicion.js';

export interface Parts {
  readonly dialect: Dialect;
  readonly store: Store;
  readonly bus: Bus;
  readonly log: Log;
  readonly options: ChatOptions;
  /** How many wrong passwords in a row cost nothing. */
  readonly loginFailures: number;
  /** Undelivered messages may cost at most this much memory, in bytes. */
  readonly maxKept: number;
  readonly stopping: AbortSignal;
  /** Names the dialects that a message could be of. */
  readonly explain?: Explainer;
  /** See Spool. */
  readonly spool?: MessageFile | undefined;
  readonly program?: Program | undefined;
}

/** The parts that handle messages, plugged together. */
export function createChat({
  dialect,
  store: given,
  bus,
  log,
  options,
  loginFailures,
  maxKept,
  stopping,
  explain,
  spool: file,
  program,
}: Parts): Chat {
  const budget = new Budget(maxKept);
  const nobody = new Account(budget);
  const trace = toldOf(tracer(log), program?.delivered);
  const presence = new Presence(nobody, trace);
  const drops = new Drops(log);
  const metrics = new Metrics();
  const spool = file && openSpool(file, log);
  // While the store is late the messages that wait are copied into the spool.
  const store =
    spool === undefined
      ? given
      : punctual(given, {
          late: () => spool.begin(delivery.allKept()),
          answered: () => {
            if (writer.length === 0) spool.end();
          },
        });
  const writer = new Writer(store, LIMITS.retry, trace);
  const { outcomes } = metrics;
  const delivery = new Delivery({ presence, bus, writer, spool, nobody, trace, outcomes });
  const changes = new Changes(LIMITS.retry, (error) =>
    log.error({ err: error }, 'a change in the database failed'),
  );
  const attempts = new Attempts(loginFailures);
  const suspicion = new Suspicion({ store, writer, presence, stopping });
  const chat: Chat = {
    dialect,
    store,
    bus,
    presence,
    attempts,
    lookUps: new Attempts(loginFailures),
    bans: new Bans(),
    heartbeats: new Heartbeats(options.heartbeat),
    holdings: new Holdings(options.most),
    hourly: new Hourly(options.most.groupsPerHour),
    delivery,
    writer,
    spool,
    changes,
    trace,
    program,
    history:
      options.history > 0
        ? new History({ store, days: options.history, texts: dialect.texts, log, counts: metrics.history })
        : undefined,
    numbers: new Numbers({ store, presence, bus, delivery, suspicion, dialect, metrics }, LIMITS.retry),
    friendWatch: new FriendWatch({ store, presence, bus, dialect }),
    suspicion,
    budget,
    options,
    near: new Set(),
    shortener: new Shortener(log),
    drops,
    hints: new Hints(explain, log),
    metrics,
    log,
    stopping,
  };
  writer.tell(storing(chat));
  return chat;
}

/** Connects the bus. Rejects when it cannot be used. */
export function startBus(chat: Chat): Promise<void> {
  const { bus, delivery, presence, suspicion } = chat;
  const goes = (userid: number, onGone = () => {}) =>
    void letGo(chat, userid)
      .then(onGone)
      .catch((error) => unexpected(error, 'a user who has logged in elsewhere'));
  return bus.start({
    receive: delivery.receive.bind(delivery),
    receivePublished: delivery.receivePublished.bind(delivery),
    isHere: presence.isOnline.bind(presence),
    returned: delivery.takeBack.bind(delivery),
    reachChanged: delivery.reachChanged.bind(delivery),
    stored: presence.noteStored.bind(presence),
    // No node of ours says so where a second login takes no account over.
    taken: (userids, node) => {
      if (!chat.dialect.takeover) return;
      for (const userid of userids)
        if (presence.get(userid) !== undefined) goes(userid, () => bus.tellReleased(userid, node));
    },
    lostContest: (userid) => goes(userid),
    banned: (bans, still) => {
      for (const ban of bans) keepOut(chat, ban, still);
    },
    recalled: (recalled) => hearRecalled(chat, recalled),
    bans: chat.bans.all.bind(chat.bans),
    mayBeStored: suspicion.raise.bind(suspicion),
  });
}
