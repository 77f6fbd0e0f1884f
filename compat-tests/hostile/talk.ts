import type { Document, User } from '../harness/user.js';

/** The users 1 and 2, who write to each other whatever happens to the server. */
export class Talk {
  readonly #one: User;
  readonly #two: User;

  constructor(one: User, two: User) {
    this.#one = one;
    this.#two = two;
  }

  /** A question and its answer. Rejects unless they are the next thing that each of the two hears. */
  async goOn(about: string): Promise<void> {
    await say(this.#one, 1, this.#two, 2, `do you know: ${about}?`);
    await say(this.#two, 2, this.#one, 1, `of course: ${about}`);
  }

  async close(): Promise<void> {
    await Promise.all([this.#one.close(), this.#two.close()]);
  }
}

async function say(from: User, id: number, to: User, toid: number, msg: string): Promise<void> {
  await from.chat(id, toid, msg);
  const heard: Document = await to.hear();
  if (heard.msg !== msg) throw new Error(`${toid} waits for ${msg}, and hears ${JSON.stringify(heard)}`);
}
