import { Child } from './child.js';
import { place, Service, type ServiceOptions } from './service.js';

/** A private Redis without persistence. */
export class Redis extends Service {
  /** Starts one. Rejects, with its log, when the port is taken. */
  static async start(options: ServiceOptions = {}): Promise<Redis> {
    const redis = new Redis(...(await place(options)));
    await redis.start();
    return redis;
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  protected async launch(): Promise<Child> {
    const place = ['--port', `${this.port}`, '--bind', '127.0.0.1', '--dir', this.path];
    const child = new Child('redis-server', [...place, '--save', '', '--appendonly', 'no', ...this.args]);
    await child.logged(/Ready to accept connections/);
    return child;
  }
}
