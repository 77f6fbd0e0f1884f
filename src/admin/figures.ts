import type { Snapshot } from '../ops/metrics.js';
import type { Sources } from './sources.js';

/** How things stand: name, help, and where it is read. */
export const GAUGES: readonly [name: string, help: string, read: (now: Snapshot) => number][] = [
  [
    'chat_connections',
    'Open connections of clients; at the file limit new ones are turned away',
    (now) => now.connections,
  ],
  ['chat_users', 'Users who are logged in on this node', (now) => now.users],
  [
    'chat_backlog_messages',
    'Messages that wait here to be delivered or stored, not those in chat_unconfirmed_bytes; around 0 while all services answer',
    (now) => now.backlog.messages,
  ],
  ['chat_backlog_bytes', 'Memory that messages which wait take', (now) => now.backlog.bytes],
  [
    'chat_backlog_limit_bytes',
    'Senders are braked as chat_backlog_bytes comes near this: --max-kept',
    (now) => now.backlog.limit,
  ],
  [
    'chat_backlog_age_seconds',
    'How long the oldest message that waits has waited; below 1 while all services answer',
    (now) => now.backlog.age,
  ],
  [
    'chat_unconfirmed_bytes',
    'Sent to other nodes, which have not said yet that they got it; grows while a node or Redis is away',
    (now) => now.unconfirmed,
  ],
  [
    'chat_braked_clients',
    'Clients that are not read from until there is room; more than 0 for long: somebody floods, or a service is slow',
    (now) => now.braked,
  ],
  [
    'chat_nodes',
    'Other processes that each process of this node reaches: its other workers, and those of other nodes',
    (now) => now.nodes,
  ],
  ['chat_processes', 'Processes of this node that answer: as many as --workers says', () => 1],
];

/** Of these gauges the highest counts of several processes; all others are summed. */
export const HIGHEST = ['chat_nodes', 'chat_backlog_age_seconds'];

/** Values of labels, and how often that was counted. */
export type Count = readonly [labels: readonly string[], count: number];

/** The counters: name, help, labels, and where each is read. */
export const COUNTERS: readonly [
  string,
  string,
  readonly string[],
  (sources: Sources) => readonly Count[],
][] = [
  [
    'chat_messages_total',
    'Messages that clients have sent, by what they ask for',
    ['verb'],
    ({ metrics }) => by(Object.entries(metrics.messages)),
  ],
  [
    'chat_deliveries_total',
    'Messages by where they went: to a user here, to another node, into the store; one that went on counts again',
    ['outcome'],
    ({ metrics }) => by(Object.entries(metrics.outcomes)),
  ],
  [
    'chat_acks_total',
    'Messages with a number by what their senders were told: here, elsewhere, stored, or that it can never be stored; a number that comes again counts again',
    ['state'],
    ({ metrics }) => by(Object.entries(metrics.acks)),
  ],
  [
    'chat_refused_total',
    'Requests that were answered with a refusal; many invalid logins: somebody guesses',
    ['verb', 'result'],
    ({ metrics }) =>
      [...metrics.refused].flatMap(([verb, results]) =>
        by(results).map(([[result = ''], n]) => [[verb, result], n]),
      ),
  ],
  [
    'chat_dropped_total',
    'What was no message, or for nobody; a few are typing errors, many are a broken or hostile client',
    ['reason'],
    ({ drops }) => by(drops.counts),
  ],
  [
    'chat_lost_total',
    'Messages to existing users that were accepted and will never arrive: must stay 0',
    ['reason'],
    ({ drops }) => by([['store', drops.lost]]),
  ],
  [
    'chat_history_total',
    'Messages that were written into the history (--history), and those that are missing in it: a gap',
    ['outcome'],
    ({ metrics }) => by(Object.entries(metrics.history)),
  ],
  [
    'chat_service_losses_total',
    'How often a service that the node needs has gone away',
    ['service'],
    ({ health }) => by(health.map(({ name, losses }) => [name, losses])),
  ],
];

function by(counts: Iterable<readonly [string, number]>): Count[] {
  return [...counts].map(([label, count]) => [[label], count]);
}
