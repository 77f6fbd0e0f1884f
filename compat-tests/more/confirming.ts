import { until } from '../harness/deadline.js';
import type { Document, User } from '../harness/user.js';
import { ask, items, type Place } from './site.js';

/** Says so many bytes to have: all that came, unless others are given. */
export function confirm(user: User, bytes: unknown = user.had): Promise<void> {
  return user.say({ bytes, msgid: 151 });
}

/** Logs a user in who says what it has, once its account is not in use. The last reply is not confirmed. */
export async function confirming(user: User, id: number): Promise<Document> {
  const { errno, msgid } = await ask(user, { msgid: 151 });
  if (errno !== 0 || msgid !== 152) throw new Error(`${msgid}: ${errno}`);
  let reply: Document = {};
  await until(async () => {
    await confirm(user);
    await user.say({ id, msgid: 1, password: 'pw' });
    reply = await heard(user);
    return reply.errno === 0;
  }, `${id} to be out`);
  return reply;
}

/** The next document, but for what says which bytes do not come again. */
export async function heard(user: User): Promise<Document> {
  for (;;) {
    const document = await user.hear();
    if (document.msgid !== 152 || document.errno !== 0) return document;
  }
}

/** The next so many texts, each of which is confirmed when it has come. */
export async function hearAll(user: User, count: number): Promise<string[]> {
  const texts: string[] = [];
  while (texts.length < count) {
    texts.push((await heard(user)).msg);
    await confirm(user);
  }
  return texts;
}

/** The texts that a user gets who comes back as a client that confirms nothing, and is logged out again. */
export async function comesAgain(place: Pick<Place, 'connect'>, id: number): Promise<string[]> {
  const user = await place.connect(1);
  const texts = await textsAfterLogin(user, id);
  await user.close();
  return texts;
}

/** The same on a connection that is there, and stays. The account may still be in use. */
export async function textsAfterLogin(user: User, id: number): Promise<string[]> {
  let reply: Document = {};
  await until(async () => {
    reply = await user.login(id);
    return reply.errno === 0;
  }, `${id} to be out`);
  const all = [...items(reply.offlinemsg), ...(await user.settle())];
  return all.map(({ msg }) => msg);
}
