import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { Child } from '../../compat-tests/harness/child.js';
import type { Server } from '../../compat-tests/harness/server.js';

/** The text of a message that ends a client of the model; model.c has it too. */
export const LAST = 'the last one';

/** What clients have read: so many times, and so many of these were not exactly one document. */
export interface Reads {
  readonly reads: number;
  readonly failures: number;
}

/** The program that models the original client: compiled from model.c, or, without a compiler, a slower one. */
export class Model {
  readonly #command: string;
  readonly #args: readonly string[];
  readonly isCompiled: boolean;

  /** @param folder where the compiled program may be put */
  constructor(folder: string) {
    const program = join(folder, 'model');
    spawnSync('cc', ['-O2', '-o', program, 'bench/pacing/model.c']);
    this.isCompiled = existsSync(program);
    this.#command = this.isCompiled ? program : process.execPath;
    this.#args = this.isCompiled ? [] : ['build/bench/pacing/model-in-node.js'];
  }

  /** Logs in users with consecutive ids. Resolves when all have got the reply. */
  async login({ port }: Server, firstId: number, count: number): Promise<ModelClients> {
    const child = this.#start(`${port}`, `${firstId}`, `${count}`);
    await child.logged(new RegExp(`(ready\\s[^]*){${count}}`));
    return new ModelClients(child, count);
  }

  /** Keeps one core busy until the child is stopped. */
  spin(): Child {
    return this.#start('spin');
  }

  #start(...args: string[]): Child {
    return new Child(this.#command, [...this.#args, ...args]);
  }
}

/** Clients that read until a message holds LAST. */
export class ModelClients {
  readonly #child: Child;
  readonly #count: number;

  constructor(child: Child, count: number) {
    this.#child = child;
    this.#count = count;
  }

  /** Resolves when all have got the last message. */
  async done(): Promise<Reads> {
    const status = await this.#child.ended;
    const found = [...this.#child.log.matchAll(/^(\d+) (\d+)$/gm)];
    if (status !== 0 || found.length !== this.#count)
      throw new Error(`the model ended (${status}):\n${this.#child.log}`);
    return sum(found.map(([, reads, failures]) => ({ reads: Number(reads), failures: Number(failures) })));
  }
}

export function sum(all: readonly Reads[]): Reads {
  return all.reduce((a, b) => ({ reads: a.reads + b.reads, failures: a.failures + b.failures }));
}
