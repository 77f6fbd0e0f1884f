import { writeFileSync } from 'node:fs';
import { Ear, relaying } from '../../learn/listen.js';
import { version } from '../../ops/package.js';
import { Client } from '../client.js';
import { languageOf } from '../report/words.js';
import { written } from '../target.js';
import { asHtml, asLivePage, mainOf } from './html.js';
import type { ShadowSettings } from './options.js';
import { showPage } from './page.js';
import { linesOf, type ShadowReport, summary, verdictOf } from './report.js';
import { Shadower } from './shadower.js';
import { REASONS } from './words.js';

/** Exit status by the verdict. */
const STATUS: Readonly<Record<ShadowReport['verdict'], number>> = {
  ...{ same: 0, differs: 0, wrong: 1, 'not compared': 2 },
};

/**
 * `chat-compat shadow`: stands between clients and a server, has the same said to a second one, and compares, until Ctrl-C.
 * Returns the exit status; throws a line when it cannot begin.
 */
export async function shadow(settings: ShadowSettings): Promise<number> {
  const { to, shadow: second, listen, dialect } = settings;
  const language = languageOf(settings.lang, process.env);
  const limits = { answer: settings.timeout * 1000, most: 1 << 20 };
  const tell = (text: string) => process.stdout.write(`${text}\n`);
  await Client.connect(second.port, second.host, limits).then(
    (client) => client.reset(),
    (error: Error) => {
      throw new Error(`--shadow ${written(second)}: ${error.message}`);
    },
  );
  const shadower = new Shadower(second, dialect, limits.answer, {
    found: (kind) => tell(linesOf(kind, language).join('\n')),
    stopped: (reason, clients) => {
      if (clients === 1) tell(REASONS[reason][language]);
    },
  });
  const date = new Date().toISOString();
  const about = {
    date,
    first: written(to),
    second: written(second),
    dialect: dialect.name,
    version: version(),
  };
  const report = (): ShadowReport => {
    const found = {
      ...shadower.counts,
      waiting: shadower.waiting,
      stopped: Object.fromEntries(shadower.stopped),
      kinds: shadower.kinds.all,
      more: shadower.kinds.more,
    };
    return { ...about, ...found, verdict: verdictOf(found) };
  };
  const ear = new Ear(relaying({ ip: to.host, port: to.port }, shadower));
  const stopped = untilStopped(settings.seconds);
  const ip = listen.ip ?? '127.0.0.1';
  try {
    const page =
      settings.page === undefined
        ? undefined
        : await showPage(settings.page, {
            whole: () => asLivePage(report(), language),
            main: () => mainOf(report()).join('\n'),
          });
    if (page !== undefined) tell(`http://127.0.0.1:${page.port}/`);
    const port = await ear.open({ ip, port: listen.port });
    tell(
      `listening on ${written({ host: ip, port })}, before ${about.first}, with ${about.second} as its shadow: Ctrl-C ends it`,
    );
    await stopped;
    await shadower.finish();
    page?.close();
  } finally {
    ear.close();
    shadower.close();
  }
  const last = report();
  tell(summary(last, language));
  if (settings.json !== undefined) write(settings.json, `${JSON.stringify(last, undefined, 2)}\n`);
  if (settings.html !== undefined) write(settings.html, asHtml(last, language));
  return STATUS[last.verdict];
}

/** Messages of people are in it: it is for its owner alone. */
function write(file: string, text: string): void {
  try {
    writeFileSync(file, text, { mode: 0o600 });
  } catch (error) {
    throw new Error(`${file} cannot be written (${(error as NodeJS.ErrnoException).code})`);
  }
}

/** By Ctrl-C, of which the second one ends it at once, or when the time is over. */
function untilStopped(seconds: number | undefined): Promise<void> {
  return new Promise((resolve) => {
    let isStopped = false;
    const stop = () => {
      if (isStopped) process.exit(STATUS['not compared']);
      isStopped = true;
      resolve();
    };
    for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, stop);
    if (seconds !== undefined) setTimeout(resolve, seconds * 1000);
  });
}
