import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from './child.js';
import type { Folder } from './folder.js';
import { place, Service, type ServiceOptions } from './service.js';

/** Makes the text of a configuration: everything but the process and the modules, `events {}` included. */
export type NginxConfig = (port: number) => string;

/** A private nginx with its stream module, as one process. */
export class Nginx extends Service {
  readonly #config: NginxConfig;

  private constructor(config: NginxConfig, ...where: [number, Folder, readonly string[]]) {
    super(...where);
    this.#config = config;
  }

  /** Starts one; `config` is given the port to listen on. Rejects, with nginx's log, when it does not accept it. */
  static async start(config: NginxConfig, options: ServiceOptions = {}): Promise<Nginx> {
    const nginx = new Nginx(config, ...(await place(options)));
    await nginx.start();
    return nginx;
  }

  protected async launch(): Promise<Child> {
    const file = join(this.path, 'nginx.conf');
    writeFileSync(file, this.#config(this.port));
    const process = 'daemon off; master_process off; error_log stderr notice;';
    const global = `${process} pid ${join(this.path, 'pid')}; ${loadStream()}`;
    const child = new Child('nginx', ['-e', 'stderr', '-p', this.path, '-c', file, '-g', global]);
    // Logged once the ports are open.
    await child.logged(/using the "\w+" event method/);
    return child;
  }
}

/** The directive that loads the stream module where it is a file of its own, as on Debian. */
export function loadStream(): string {
  const path = `${process.env.PATH}:/usr/sbin`;
  const built = spawnSync('nginx', ['-V'], { encoding: 'utf8', env: { ...process.env, PATH: path } }).stderr;
  const module = join(/--modules-path=(\S+)/.exec(built)?.[1] ?? '', 'ngx_stream_module.so');
  return existsSync(module) ? `load_module ${module};` : '';
}
