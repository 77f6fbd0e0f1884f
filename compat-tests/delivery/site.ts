import { type Connection, createConnection } from 'mysql2/promise';
import type { Test } from 'tap';
import { Link } from '../campaign/link.js';
import { MariaDb } from '../harness/mariadb.js';
import { openMysql } from '../harness/mysql-database.js';
import { freePort } from '../harness/port.js';
import { Redis } from '../harness/redis.js';
import { type Server, startServer } from '../harness/server.js';

/** A node, and its ways to its services, which can be cut. */
export interface Node extends Server {
  readonly redis: Link;
  readonly database: Link;
}

const OPTIONS = ['--pace', '0', '--login-failures', '0'];

/** Nodes on one database and one Redis, with accounts, until the test ends. */
export class DeliverySite {
  readonly mariadb: MariaDb;
  readonly redis: Redis;
  readonly #test: Test;

  private constructor(test: Test, mariadb: MariaDb, redis: Redis) {
    this.#test = test;
    this.mariadb = mariadb;
    this.redis = redis;
  }

  /** Starts the services, with so many accounts from 1 on, all of them in group 1; `redisArgs` are options of the Redis. */
  static async start(test: Test, accounts: number, ...redisArgs: string[]): Promise<DeliverySite> {
    const [mariadb, redis] = await Promise.all([MariaDb.start(), Redis.start({ args: redisArgs })]);
    test.teardown(() => Promise.all([mariadb.stop(), redis.stop()]));
    const ids = Array.from({ length: accounts }, (_, n) => n + 1);
    const database = await openMysql(await mariadb.createDatabase('chat'));
    await database.seed({
      user: ids.map((id) => ({ id, name: `u${id}`, password: 'pw', state: 'offline' })),
      allgroup: [{ id: 1, groupname: 'g', groupdesc: '' }],
      groupuser: ids.map((userid) => ({ groupid: 1, userid, grouprole: 'normal' })),
    });
    await database.close();
    return new DeliverySite(test, mariadb, redis);
  }

  /** A node on both services. */
  async node(...options: string[]): Promise<Node> {
    const [redis, database] = [await Link.to(this.redis.port), await Link.to(this.mariadb.port)];
    const services = ['--mysql', this.#through(database), '--redis', `redis://127.0.0.1:${redis.port}`];
    // It may be started again: no client of anybody takes its port meanwhile.
    const server = await startServer([...services, ...OPTIONS, ...options], await freePort());
    this.#test.teardown(async () => {
      await server.child.stop('SIGKILL');
      for (const link of [redis, database]) link.close();
    });
    return { ...server, redis, database };
  }

  /** The same node again, after it has ended. */
  async again({ port, redis, database }: Node, ...options: string[]): Promise<Node> {
    const services = ['--mysql', this.#through(database), '--redis', `redis://127.0.0.1:${redis.port}`];
    const server = await startServer([...services, ...OPTIONS, ...options], port);
    this.#test.teardown(() => server.child.stop('SIGKILL'));
    return { ...server, redis, database };
  }

  /** One server with workers on the database, without Redis. */
  async workers(count: number, ...options: string[]): Promise<Server> {
    const services = ['--mysql', this.mariadb.url('chat'), '--workers', `${count}`];
    const server = await startServer([...services, ...OPTIONS, ...options]);
    this.#test.teardown(() => server.child.stop('SIGKILL'));
    return server;
  }

  /** A connection to the database, until the test ends. */
  async connect(): Promise<Connection> {
    const connection = await createConnection(this.mariadb.url('chat'));
    this.#test.teardown(() => connection.destroy());
    return connection;
  }

  #through(database: Link): string {
    return this.mariadb.url('chat').replace(`:${this.mariadb.port}`, `:${database.port}`);
  }
}
