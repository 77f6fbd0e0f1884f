import { randomInt } from 'node:crypto';
import type { Histogram } from 'hdr-histogram-js';
import { version } from '../../ops/package.js';
import type { Place } from '../replay/party.js';
import { write } from '../report/files.js';
import { languageOf } from '../report/words.js';
import { Runner } from '../runner.js';
import { type Target, written } from '../target.js';
import { World } from '../world.js';
import { type Figures, line, ratios, table } from './figures.js';
import { type About, asHtml } from './html.js';
import type { LoadSettings } from './options.js';
import { SCENARIOS } from './scenarios.js';
import { percentilesOf, type Second } from './seconds.js';
import { newHistogram, Tally } from './tally.js';
import { Meter } from './usage.js';

/** Seconds before it is measured, at most: until then a server loads and compiles what it needs. */
const WARM_UP = 1;

/** How often each of two servers that are compared is measured. */
const ROUNDS = 3;

const MOST = 1 << 25;

/** Exit status: nothing was lost, or something was. */
const [FINE, FAULTY] = [0, 1];

/** Puts a server under load, or two in turns. Returns the exit status; throws when it could not be measured. */
export async function load(place: Required<Place>, settings: LoadSettings): Promise<number> {
  const language = languageOf(settings.lang, process.env);
  const places = settings.compare === undefined ? [place] : [place, settings.compare];
  const all: Figures[] = [];
  for (let round = 0; round < (places.length > 1 ? ROUNDS : 1); round++)
    for (const one of places) {
      // CPU and memory are those of the first one's process.
      const pid = one === place ? settings.pid : undefined;
      const live = (second: Second) => tell(line(second, settings.seconds, language));
      all.push(await measure(one, pid, settings, live));
    }
  tell('');
  console.log(table(all, language));
  if (places.length > 1) console.log(ratios(all, language));
  if (settings.json !== undefined) write(settings.json, `${JSON.stringify(all, undefined, 2)}\n`);
  if (settings.html !== undefined) write(settings.html, asHtml(all, aboutOf(settings), language));
  return all.every(({ lost, twice, disordered, failure }) => lost + twice + disordered === 0 && !failure)
    ? FINE
    : FAULTY;
}

function aboutOf({ clients, seconds, rate, dialect }: LoadSettings): About {
  const asked = rate === undefined ? [] : [`--rate ${rate}`];
  return {
    date: new Date().toISOString(),
    version: version(),
    dialect: dialect.name,
    settings: [`--clients ${clients}`, `--seconds ${seconds}`, ...asked].join(' '),
  };
}

/** On a terminal the last line is written over and over. */
function tell(text: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\x1b[K${text}`);
}

async function measure(
  place: Required<Place>,
  pid: number | undefined,
  { scenario, clients, seconds, rate, dialect, timeout }: LoadSettings,
  live: (second: Second) => void,
): Promise<Figures> {
  const target: Target = {
    place,
    dialect,
    limits: { answer: timeout * 1000, most: MOST },
    seed: 0,
    habits: {},
  };
  await new Runner(target, false).probe();
  const run = randomInt(36 ** 6).toString(36);
  let names = 0;
  const world = new World(target, [], () => `load-${run}-${names++}`);
  const tally = new Tally();
  const pids = { server: pid === undefined ? [] : [pid], database: [], bus: [] };
  try {
    const running = await (SCENARIOS[scenario] ?? unknown(scenario))({ world, tally, clients, rate });
    await tally.lasts(Math.min(WARM_UP, seconds) * 1000);
    tally.takeLatency();
    const meter = new Meter(pids);
    const before = tally.done;
    const whole = newHistogram();
    const each: Second[] = [];
    for (const next = stopwatch(tally); each.length < seconds && tally.going; ) {
      await tally.lasts(1000);
      const { second, latency } = next();
      whole.add(latency);
      each.push(second);
      live(second);
    }
    const { seconds: took, server, generator, rss } = meter.read();
    const done = tally.done - before;
    return {
      server: written(place),
      scenario,
      rate: done / took,
      done,
      serverCpu: pid === undefined ? undefined : server / done,
      generatorCpu: generator / done,
      rss: pid === undefined ? undefined : rss,
      ...percentilesOf(whole),
      ...(await running.end()),
      failure: tally.failure,
      seconds: each,
    };
  } finally {
    world.abandon();
  }
}

/** Tells each time what has happened since the time before. */
function stopwatch(tally: Tally): () => { second: Second; latency: Histogram } {
  const begin = performance.now();
  let [since, before] = [begin, tally.done];
  return () => {
    const [now, done, latency] = [performance.now(), tally.done, tally.takeLatency()];
    const rate = ((done - before) / (now - since)) * 1000;
    [since, before] = [now, done];
    return { second: { at: (now - begin) / 1000, rate, ...percentilesOf(latency) }, latency };
  };
}

function unknown(scenario: string): never {
  throw new Error(`there is no scenario ${scenario}`);
}
