import t from 'tap';
import { isBuiltIn } from '../../src/dialect/builtin.js';
import type { DialectFile } from '../../src/dialect/file.js';
import { readDialectFile } from '../../src/dialect/load.js';
import { spelledOut } from '../../src/dialect/spelled.js';
import { learn } from '../../src/learn/learn.js';
import { Session } from '../../src/learn/session.js';
import { forkOf } from './forks.js';
import { type Event, readRecording, recordings } from './recording.js';
import { replay } from './replay.js';
import { SiteOfEach, writeDialect } from './site.js';

t.setTimeout(600_000);
const sites = new SiteOfEach();
t.teardown(() => sites.stop());

/** Members that no recording can show, by the fork: the documentation's file has them, and none is learned. */
const UNSEEN: Readonly<Record<string, readonly string[]>> = {
  // Its clients go without a logout; nothing is refused.
  'docs/dialects/Mary-z1.json': ['replyFields.errmsg', 'requests.logout', 'verbs.register'],
  // Nobody logs in again while the server takes the account for online.
  'docs/dialects/Minus-cell.json': ['results.inUse.errno', 'results.unavailable.errno', 'takeover'],
  // Nothing is refused but a wrong password. What its clients call the text of a chat the server does not read.
  'docs/dialects/ZCTCZ.json': [
    ...['chatFields', 'results.inUse.errno', 'results.refused.errno', 'results.unavailable.errno'],
    'verbs.register.results.refused',
  ],
  'docs/dialects/aglarevv.json': ['verbs.register'],
  'docs/dialects/yhy0816.json': ['verbs.register'],
  // Both add each other; nobody refreshes, nor takes a name that is taken.
  'distributed-chat-servers': [
    ...['friendship', 'replies.refresh', 'requests.refresh', 'verbs.register.results.refused'],
  ],
};

/** A relay between the clients of a recording and their server overhears this session. */
function overheard(events: readonly Event[]): Session {
  const session = new Session();
  for (const event of events) {
    if (event.do === 'send') session.heard('client', event.connection, event.bytes);
    if (event.do === 'receive') session.heard('server', event.connection, event.bytes);
  }
  return session;
}

/** Where two files do not say the same. */
function differences(one: unknown, other: unknown, path = ''): string[] {
  const isTree = (value: unknown) => typeof value === 'object' && value !== null && !Array.isArray(value);
  if (!isTree(one) || !isTree(other)) return JSON.stringify(one) === JSON.stringify(other) ? [] : [path];
  const keys = [...new Set([...Object.keys(one as object), ...Object.keys(other as object)])].sort();
  return keys.flatMap((key) =>
    differences((one as never)[key], (other as never)[key], path === '' ? key : `${path}.${key}`),
  );
}

/** The meaning of a file, in the form that its example has. */
function said(file: DialectFile): DialectFile {
  const { $schema, name, extends: base, ...rest } = spelledOut(file);
  return rest;
}

for (const recording of recordings()) {
  const { dialect, mend } = forkOf(recording);
  const events = mend(readRecording(recording));
  const { file, unseen, unsure } = learn(overheard(events));

  t.test(`${recording}: its dialect is learned, but for what it cannot show`, async (t) => {
    const example = isBuiltIn(dialect) ? { extends: dialect } : readDialectFile(dialect);
    t.comment(JSON.stringify(file), unseen, unsure);
    t.same(differences(said(file), said(example)), UNSEEN[dialect] ?? []);
  });

  t.test(`${recording}: what is learned replays it`, async (t) => {
    const learned = writeDialect(file);
    t.teardown(() => learned.remove());
    const { $schema, name, ...rest } = file;
    await replay(events, learned.path, await sites.of(JSON.stringify(rest), learned.path));
  });
}
