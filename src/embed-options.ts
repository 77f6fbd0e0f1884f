import type { Settings } from './options.js';

/** The options of the command line, in camelCase. Made by `npm run docs`; a test fails when it is not current. */
export interface NamedOptions {
  /** `--data FILE`, chat.db unless given: embedded database; :memory: keeps nothing. */
  readonly data?: Settings['data'];
  /** `--mysql URL`: MySQL or MariaDB instead: mysql://user:password@host:port[,host:port...]/database. */
  readonly mysql?: Settings['mysql'];
  /** `--mysql-charset NAME`, gbk unless given: gbk as the original, or utf8mb4. */
  readonly mysqlCharset?: Settings['mysql-charset'];
  /**
   * `--mysql-pool N`, 8 for each worker unless given: most connections to the database, of all workers
   * together.
   */
  readonly mysqlPool?: Settings['mysql-pool'];
  /** `--spool FILE`: what waits while MySQL is away is kept in this file, too: it survives kill -9. */
  readonly spool?: Settings['spool'];
  /**
   * `--history DAYS`, 0 unless given: keep what is written so long, for clients that ask for it; 0 for
   * not at all.
   */
  readonly history?: Settings['history'];
  /** `--drop-in`: the original's own: MySQL root:123456@127.0.0.1:3306/chat, Redis 127.0.0.1:6379. */
  readonly dropIn?: Settings['drop-in'];
  /**
   * `--redis URL`: Redis that joins several nodes: redis://host:port, redis-cluster://,
   * redis-sentinel://.
   */
  readonly redis?: Settings['redis'];
  /**
   * `--name NAME`, host:port unless given: what this node is called: on its page, and in each line of
   * its log.
   */
  readonly name?: Settings['name'];
  /**
   * `--dialect NAME|FILE`, original unless given: how the clients speak: original, early,
   * distributed-chat-servers, or a file.
   */
  readonly dialect?: string;
  /** `--pace MS`, 5 unless given: least gap between two writes to one client; 0 for none. */
  readonly pace?: Settings['pace'];
  /**
   * `--client-buffer BYTES`, 1024, or the dialect's unless given: what a client reads at once, for login
   * replies; 0 for no limit.
   */
  readonly clientBuffer?: Settings['client-buffer'];
  /** `--max-message BYTES`, 65536 unless given: longest message of a client. */
  readonly maxMessage?: Settings['max-message'];
  /**
   * `--max-kept BYTES`, 268435456 unless given: memory for messages that have not arrived yet; then
   * their senders wait.
   */
  readonly maxKept?: Settings['max-kept'];
  /**
   * `--recall SECONDS`, 120 unless given: how long who has sent a message may take it back, for clients
   * that can; 0 for never.
   */
  readonly recall?: Settings['recall'];
  /**
   * `--friend-requests`: who adds a friend asks it first; for clients that can answer, the same on all
   * nodes.
   */
  readonly friendRequests?: Settings['friend-requests'];
  /** `--max-friends N`, 2000 unless given: most friends of an account; 0 for no limit. */
  readonly maxFriends?: Settings['max-friends'];
  /** `--max-groups N`, 200 unless given: most groups that an account makes and joins; 0 for no limit. */
  readonly maxGroups?: Settings['max-groups'];
  /** `--max-members N`, 5000 unless given: most members of a group; 0 for no limit. */
  readonly maxMembers?: Settings['max-members'];
  /**
   * `--groups-per-hour N`, 100 unless given: most groups that an account makes in an hour on one node; 0
   * for no limit.
   */
  readonly groupsPerHour?: Settings['groups-per-hour'];
  /** `--idle SECONDS`, 0 unless given: close a connection that is silent for so long; 0 for never. */
  readonly idle?: Settings['idle'];
  /**
   * `--heartbeat SECONDS`, 60 unless given: close who has sent a heartbeat, and then nothing three times
   * as long; 0 for never.
   */
  readonly heartbeat?: Settings['heartbeat'];
  /**
   * `--login-within SECONDS`, 900 unless given: close a connection on which nobody is logged in for so
   * long; 0 for never.
   */
  readonly loginWithin?: Settings['login-within'];
  /**
   * `--strangers-per-address N`, 0 unless given: most connections of one address (IPv6: /64) where
   * nobody is logged in; 0 for half of all.
   */
  readonly strangersPerAddress?: Settings['strangers-per-address'];
  /**
   * `--login-failures N`, 30 unless given: failed logins in a row before they are slowed down; 0 for no
   * limit.
   */
  readonly loginFailures?: Settings['login-failures'];
  /** `--trust-client-ids`: believe every id in a message, as the original does. */
  readonly trustClientIds?: Settings['trust-client-ids'];
  /** `--tls [IP:]PORT`: a second port, with TLS, on the IP of the first one unless another is given. */
  readonly tls?: string;
  /** `--tls-cert FILE`: its certificate, with those that vouch for it (PEM); SIGHUP reads it again. */
  readonly tlsCert?: Settings['tls-cert'];
  /** `--tls-key FILE`: the key of the certificate (PEM). */
  readonly tlsKey?: Settings['tls-key'];
  /**
   * `--web [IP:]PORT`: a page to chat with in a browser, on 127.0.0.1 unless an IP is given; with
   * --tls-cert it is https.
   */
  readonly web?: string;
  /** `--web-origin ORIGIN,...`: pages of other servers that may chat here, as https://www.example.com. */
  readonly webOrigin?: string;
  /**
   * `--proxy-from IP[/BITS],...`: proxies that say by the PROXY protocol (v1, v2), or X-Forwarded-For,
   * whom they speak for.
   */
  readonly proxyFrom?: string;
  /**
   * `--shutdown-timeout SECONDS`, 60 unless given: the longest that a stop may take, --drain aside; it
   * ends when all is done.
   */
  readonly shutdownTimeout?: Settings['shutdown-timeout'];
  /** `--log-level LEVEL`, info unless given: fatal, error, warn, info, debug, trace, silent. */
  readonly logLevel?: Settings['log-level'];
  /**
   * `--log-format FORMAT`, auto unless given: text for a person, json for programs; auto: text on a
   * terminal, or else json.
   */
  readonly logFormat?: Settings['log-format'];
  /** `--log-file FILE`: where the log goes instead of standard output; SIGHUP opens it anew. */
  readonly logFile?: Settings['log-file'];
}
