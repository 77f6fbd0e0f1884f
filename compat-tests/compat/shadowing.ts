import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Test } from 'tap';
import type { ShadowReport } from '../../src/compat/shadow/report.js';
import { Child, type Ending } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';
import { startServer } from '../harness/server.js';
import { type Document, User } from '../harness/user.js';

/** Starts ours, for as long as the test runs. */
export async function serve(t: Test, ...options: string[]) {
  const server = await startServer(['--data', ':memory:', '--pace', '0', ...options]);
  t.teardown(() => server.child.end('SIGKILL'));
  return server;
}

/** `chat-compat shadow`, as it runs. */
export interface Shadowing {
  /** Where clients connect to. */
  readonly port: number;
  readonly tool: Child;
  /** Ends it by Ctrl-C. */
  end(): Promise<{ readonly status: Ending; readonly report: ShadowReport; readonly html: string }>;
}

/** Starts `chat-compat shadow` in front of a server, with another one as its shadow. */
export async function shadowing(
  t: Test,
  first: number,
  second: number,
  ...options: string[]
): Promise<Shadowing> {
  const folder = newFolder();
  const [json, html] = ['found.json', 'found.html'].map((name) => join(folder.path, name));
  const tool = new Child(process.execPath, [
    ...['dist/compat/main.js', 'shadow', '--to', `127.0.0.1:${first}`, '--shadow', `127.0.0.1:${second}`],
    ...['--json', json ?? '', '--html', html ?? '', '--lang', 'en', ...options],
  ]);
  t.teardown(async () => {
    await tool.end('SIGKILL');
    folder.remove();
  });
  const [, port] = await tool.logged(/^listening on 127\.0\.0\.1:(\d+), before/m);
  return {
    port: Number(port),
    tool,
    end: async () => {
      tool.signal('SIGINT');
      const status = await tool.ended;
      const read = (file = '') => readFileSync(file, 'utf8');
      try {
        return { status, report: JSON.parse(read(json)) as ShadowReport, html: read(html) };
      } catch {
        throw new Error(`chat-compat shadow ended (${status})\n${tool.log}`);
      }
    },
  };
}

/** The findings, a line for each kind. */
export function kindsOf({ kinds }: ShadowReport): string[] {
  return kinds.map(({ about, where, how, number }) =>
    [about, where, how, number].filter((word) => word !== '' && word !== undefined).join(' '),
  );
}

let runs = 0;

/**
 * Three people: they register, become friends, make two groups, write to each other and to who is offline, log in again, and
 * mistake a password. Every step waits until the server has handled the one before, and for all that must come of it.
 */
export async function conversation(t: Test, port: number, during = async () => {}): Promise<void> {
  const run = `${process.pid}-${runs++}`;
  const people = [
    await User.connect({ port }),
    await User.connect({ port }),
    await User.connect({ port }),
  ] as const;
  const [ann, bob, cid] = people;
  const ids: number[] = [];
  for (const [at, person] of people.entries()) ids.push((await person.register(`p${at}-${run}`)).id);
  const [annId = 0, bobId = 0, cidId = 0] = ids;
  t.match(await ann.register(`p0-${run}`), { errno: 1 }, 'the name is taken');
  for (const [at, person] of people.entries()) t.match(await person.login(ids[at] ?? 0), { errno: 0 });
  t.match(await bob.login(annId, 'wrong'), { errno: 1 });
  for (const friendid of [bobId, cidId]) await ann.say({ friendid, id: annId, msgid: 7 });
  for (const groupname of [`g1-${run}`, `g2-${run}`])
    await ann.say({ groupdesc: 'of a test', groupname, id: annId, msgid: 8 });
  const again = async (person: User, id: number): Promise<Document> => {
    await person.say({ id, msgid: 3 });
    await person.settle();
    return await person.login(id);
  };
  const [one = { id: 0 }] = (await again(ann, annId)).groups.map((group: string) => JSON.parse(group));
  for (const [person, id] of [
    [bob, bobId],
    [cid, cidId],
  ] as const) {
    await person.say({ groupid: one.id, id, msgid: 9 });
    await person.settle();
  }
  await during();
  const says = async (from: User, id: number, to: User, toid: number, msg: string) => {
    await from.chat(id, toid, msg);
    t.match(await to.hear(), { msg });
  };
  for (let n = 0; n < 10; n++) await says(ann, annId, bob, bobId, `number ${n}`);
  await says(bob, bobId, ann, annId, 'hello');
  await ann.groupChat(annId, one.id, 'to all');
  for (const person of [bob, cid]) t.match(await person.hear(), { msg: 'to all' });
  await cid.say({ id: cidId, msgid: 3 });
  await cid.settle();
  await ann.chat(annId, cidId, 'for later');
  await ann.settle();
  t.match(await cid.login(cidId), { offlinemsg: [/for later/] });
  t.equal((await again(ann, annId)).groups.length, 2);
  for (const person of people) await person.client.close();
}
