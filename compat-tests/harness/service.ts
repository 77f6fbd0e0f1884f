import type { Child } from './child.js';
import { type Folder, newFolder } from './folder.js';
import { freeze, thaw } from './freeze.js';
import { freePort } from './port.js';

export interface ServiceOptions {
  /** A fixed port, only to stand in for the ports compiled into an original binary. Else a free one. */
  readonly port?: number;
  /** Its data is on disk, also where the system has a place for it in memory. */
  readonly onDisk?: boolean;
  /** More arguments for its command line. */
  readonly args?: readonly string[];
}

/** A private service on 127.0.0.1. It can be killed, frozen, and started again on the same port and data. */
export abstract class Service {
  readonly port: number;
  protected readonly args: readonly string[];
  readonly #folder: Folder;
  #child: Child | undefined;

  protected constructor(port: number, folder: Folder, args: readonly string[] = []) {
    this.port = port;
    this.args = args;
    this.#folder = folder;
  }

  /** Starts the process on the port and the data. Resolves when it can be connected to. */
  protected abstract launch(): Promise<Child>;

  /** Where its data is. */
  get path(): string {
    return this.#folder.path;
  }

  get #running(): Child {
    if (this.#child === undefined) throw new Error('the service is not running');
    return this.#child;
  }

  get log(): string {
    return this.#running.log;
  }

  /** Starts it, again after kill(): on the same port and data. */
  async start(): Promise<void> {
    this.#child = await this.launch();
  }

  /** Ends it at once (SIGKILL), as a crash does. Resolves when it is gone. */
  async kill(): Promise<void> {
    await this.#running.stop('SIGKILL');
  }

  /** Stops it from answering; its connections stay open. Returns once all its threads have stopped. */
  freeze(): void {
    freeze(this.#running.pid);
  }

  thaw(): void {
    thaw(this.#running.pid);
  }

  /** Ends it and removes its data. */
  async stop(): Promise<void> {
    await this.#child?.stop('SIGKILL');
    this.#folder.remove();
  }
}

/** The port, the folder and the arguments of a new service. */
export async function place(options: ServiceOptions): Promise<[number, Folder, readonly string[]]> {
  return [options.port ?? (await freePort()), newFolder(options.onDisk), options.args ?? []];
}
