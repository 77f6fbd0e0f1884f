import { ours } from '../load/ours.js';
import type { Site, Target } from '../load/target.js';
import type { Result } from './asking.js';
import { Scraper } from './scraper.js';

/** A way to watch a server: what it is called, the options that allow it, and who asks. */
interface Way {
  readonly name: string;
  readonly options: readonly string[];
  readonly scrape?: (url: string) => Promise<Scraper>;
}

/** The first one is what the others are held against. */
const WAYS: readonly Way[] = [
  { name: 'without --admin', options: [] },
  { name: 'nobody asks', options: ['--admin', '0'] },
  { name: 'asked each second', options: ['--admin', '0'], scrape: (url) => Scraper.start(url, 1, 1) },
  { name: 'asked without end', options: ['--admin', '0'], scrape: (url) => Scraper.start(url, 4) },
];

/** Is told what a scraper has seen, when it ends. */
export type Seen = (way: string, result: Result) => void;

/** Our server on its embedded store, watched in each of the ways. */
export function watchedTargets(seen: Seen): Target[] {
  return WAYS.map((way) => {
    const target = ours({ options: way.options });
    return {
      ...target,
      name: way.name,
      start: async (shape) => {
        const site = await target.start(shape);
        return await watch(site, site.adminUrls[0], way, seen);
      },
    };
  });
}

async function watch(site: Site, url: string | undefined, { name, scrape }: Way, seen: Seen): Promise<Site> {
  if (url === undefined || scrape === undefined) return site;
  try {
    const scraper = await scrape(`${url}/metrics`);
    const stop = async () => {
      seen(name, await scraper.stop().finally(site.stop));
    };
    return { ...site, stop };
  } catch (error) {
    await site.stop();
    throw error;
  }
}
