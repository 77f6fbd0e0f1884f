import { resolve } from 'node:path';

/** The first words of a server that has started. */
export interface Started {
  readonly version: string;
  readonly ip: string;
  readonly port: number;
  /** Where TLS is spoken. */
  readonly tls?: { readonly ip: string; readonly port: number };
  /** Where browsers are served: a URL. */
  readonly web?: string;
  readonly workers?: number;
  /** A file, or host and name; without user and password. */
  readonly database: string;
  readonly charset?: string;
  /** How many accounts its file has, counted up to 100,000; undefined for a database elsewhere. */
  readonly accounts?: number;
  readonly redis?: string;
  readonly dialect: string;
  /** For how many clients the limit of open files leaves room; undefined for any number. */
  readonly clients?: number | undefined;
}

/** The same for a person, with how to stop it. */
export function banner(started: Started): string {
  const { version, ip, port, tls, web, workers, database, charset, accounts, redis, dialect, clients } =
    started;
  const facts: [string, string][] = [
    ['database', charset === undefined ? whole(database) + counted(accounts) : `${database}, ${charset}`],
    ['Redis', redis ?? 'none: no other nodes'],
    ['dialect', dialect],
    ...(tls === undefined ? [] : [['with TLS', `${tls.ip}:${tls.port}`] satisfies [string, string]]),
    ...(web === undefined ? [] : [['browsers', web] satisfies [string, string]]),
    ['clients', clients === undefined ? 'as many as come' : `room for ${clients.toLocaleString('en')}`],
    ...(workers === undefined ? [] : [['workers', String(workers)] satisfies [string, string]]),
    ['to stop', `Ctrl+C, or kill ${process.pid}`],
  ];
  const lines = facts.map(([name, fact]) => `  ${name.padEnd(9)} ${fact}`);
  return [`chat-server ${version} listens on ${ip}:${port}`, ...lines].join('\n');
}

/** A server that is started in another folder has another file there, without any account: so its path is told. */
function whole(file: string): string {
  return file === ':memory:' ? file : resolve(file);
}

/** Nobody has an account in a file that was made by mistake. */
function counted(accounts: number | undefined): string {
  if (accounts === undefined) return '';
  if (accounts === 0) return ', 0 accounts (new)';
  const many = accounts < 100_000 ? accounts.toLocaleString('en') : '100,000 or more';
  return `, ${many} ${accounts === 1 ? 'account' : 'accounts'}`;
}
