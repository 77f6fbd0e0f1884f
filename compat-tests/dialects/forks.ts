import type { Event } from './recording.js';

/** Takes out of a recording what its relay filled in where a server has something else to say. */
type Mend = (events: readonly Event[]) => Event[];

/** A fork whose client was recorded. */
export interface Fork {
  /** The value of --dialect. */
  readonly dialect: string;
  readonly mend: Mend;
}

/** Changes the text of each thing received, knowing what its connection sent last. */
function received(change: (text: string, sent: string) => string): Mend {
  return (events) => {
    const sent = new Map<number, string>();
    return events.map((event) => {
      if (event.do === 'send') sent.set(event.connection, String(event.bytes));
      if (event.do !== 'receive') return event;
      const text = change(String(event.bytes), sent.get(event.connection) ?? '');
      return { ...event, bytes: Buffer.from(text) };
    });
  };
}

/** The relay knew `toid` only, and wrote it into what it passed on. What is relayed is the sender's own document. */
const to = received((text) => text.replace(/"toid(\\*)":/g, '"to$1":'));
const noToid = received((text) => text.replace(/\\*"toid\\*":\d+,/g, ''));

/** The relay did not know the name of who registered. */
const username = received((text, sent) =>
  text.replace('"username":"x"', () => `"username":${JSON.stringify(JSON.parse(sent).username)}`),
);

/** The relay knew the friends of the last login only. */
function friendLists(events: readonly Event[]): Event[] {
  const names = events.flatMap((event) => {
    const { msgid, name } = event.do === 'send' ? JSON.parse(String(event.bytes)) : {};
    return msgid === 3 ? [name] : [];
  });
  const friend = (id: number, online: boolean) => [{ id, name: names[id - 1], online }];
  const lists = [friend(2, true), friend(1, true), friend(2, true), friend(1, true), friend(2, false)];
  return received((text) => text.replace('"friends":[]', () => `"friends":${JSON.stringify(lists.shift())}`))(
    events,
  );
}

const asRecorded: Mend = (events) => [...events];

function fork(dialect: string, mend = asRecorded): Fork {
  return { dialect, mend };
}

const file = (name: string) => `docs/dialects/${name}.json`;

/** By the names of the recordings, without `.zh`. */
export const FORKS: Readonly<Record<string, Fork>> = {
  'Burt-code-Scalable-Cluster-ChatServer': fork('original'),
  'CheNsiR-MASTER-clusterChatServer': fork(file('CheNsiR-MASTER'), to),
  'CuiJiaZhi-ClusterChatServer': fork('original'),
  'Mary-z1-ClusterChatServer': fork(file('Mary-z1'), friendLists),
  'Minus-cell-Cluster_Chat': fork(file('Minus-cell'), to),
  'Polaris-hzn8-distributed-chat-servers': fork('distributed-chat-servers', username),
  'Shangyizhou-Cluster-Chat-Server': fork(file('Shangyizhou')),
  'Shaohua-rue-ClusterChatServer': fork('early'),
  'ZCTCZ-Cluster-chat-server': fork(file('ZCTCZ')),
  'aglarevv-chatServer': fork(file('aglarevv'), noToid),
  'allenmirac-Cluster-Chat-Server-Software': fork(file('allenmirac'), to),
  'boolsatellite-cluster-chat-server': fork('early'),
  'chendanye-Cluster-Chat-Server': fork(file('chendanye')),
  'ke020202-cluster_chat_project': fork(file('ke020202'), to),
  'xiaoyou137-clusterchatserver': fork(file('xiaoyou137')),
  'xiongkai666-DeepSeek-ClusterChat': fork('original'),
  'yhy0816-ChatServer': fork(file('yhy0816')),
};

/** The fork of a recording. */
export function forkOf(recording: string): Fork {
  const found = FORKS[recording.replace(/\.zh$/, '')];
  if (found === undefined) throw new Error(`nobody knows the fork of ${recording}`);
  return found;
}
