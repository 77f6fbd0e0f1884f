import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.js';
import { copyInstalled } from './mariadb-install.js';
import { createSchema } from './schema.js';
import { place, Service, type ServiceOptions } from './service.js';

const PASSWORD = '123456';

const ACCOUNTS = `
alter user root@localhost identified by '${PASSWORD}';
create or replace user root@'127.0.0.1' identified by '${PASSWORD}';
grant all on *.* to root@'127.0.0.1' with grant option;
`;

const GIVEN = [
  '--no-defaults',
  '--innodb-log-file-size=8M',
  '--innodb-buffer-pool-size=32M',
  ...(process.getuid?.() === 0 ? ['--user=root'] : []),
];

/** A private MariaDB with the original's account, in its default strict mode. What was committed survives kill(). */
export class MariaDb extends Service {
  /** Starts one with no databases of its own. Rejects, with its log, when the port is taken. */
  static async start(options: ServiceOptions = {}): Promise<MariaDb> {
    const mariadb = new MariaDb(...(await place(options)));
    await copyInstalled(join(mariadb.path, 'data'), GIVEN);
    await mariadb.start();
    return mariadb;
  }

  /** The URL of one of its databases, or of the server itself. */
  url(database = ''): string {
    return `mysql://root:${PASSWORD}@127.0.0.1:${this.port}/${database}`;
  }

  /** Creates an empty database with the tables of chat.sql, or of another schema. Returns its URL. */
  async createDatabase(name: string, schema?: string): Promise<string> {
    await createSchema(this.url(), name, schema);
    return this.url(name);
  }

  protected async launch(): Promise<Child> {
    const accounts = join(this.path, 'accounts.sql');
    writeFileSync(accounts, ACCOUNTS);
    const place = [
      `--port=${this.port}`,
      `--socket=${join(this.path, 'socket')}`,
      '--bind-address=127.0.0.1',
    ];
    // Commits reach the system's memory, not the disk: that is enough to survive kill().
    const fast = ['--innodb-flush-log-at-trx-commit=2', '--skip-name-resolve', '--max-connections=1000'];
    const child = new Child('mariadbd', [
      ...this.#data,
      ...place,
      ...fast,
      `--init-file=${accounts}`,
      ...this.args,
    ]);
    await child.logged(/ready for connections/);
    return child;
  }

  get #data(): string[] {
    // One that starts removes what it takes for leftovers of its own, also another one's.
    return [...GIVEN, `--datadir=${join(this.path, 'data')}`, `--tmpdir=${this.path}`];
  }
}
