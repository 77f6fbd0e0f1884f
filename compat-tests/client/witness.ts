import { until } from '../harness/deadline.js';
import type { Server } from '../harness/server.js';
import { User } from '../harness/user.js';
import type { Console } from './console.js';

/** A user that nobody sees, who gets a message from a client to know that all before it was handled. */
export class Witness {
  readonly id: number;
  readonly #server: Server;
  readonly #user: User;

  private constructor(id: number, server: Server, user: User) {
    this.id = id;
    this.#server = server;
    this.#user = user;
  }

  static async start(server: Server): Promise<Witness> {
    const user = await User.connect(server);
    const { id } = await user.register('witness');
    await user.login(id);
    return new Witness(id, server, user);
  }

  /** Waits until everything that a client sent before this was handled. */
  async handled(console: Console): Promise<void> {
    console.type(`chat:${this.id}:handled?`);
    await this.#user.hear();
  }

  /** Waits until a user's logout was handled: only then the account can be used again. */
  async gone(id: number, password: string): Promise<void> {
    const user = await User.connect(this.#server);
    await until(async () => (await user.login(id, password)).errno === 0, `user ${id} to be gone`);
    await user.say({ id, msgid: 3 });
    await user.settle();
    await user.close();
  }
}
