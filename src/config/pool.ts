import type { Settings } from '../options.js';

/** The most connections to the database that each process has when nothing is given. */
export const USUAL_POOL = 8;

/** The most connections to the database that each process of a node may have: together no more than `--mysql-pool`. */
export function poolOfEach({ 'mysql-pool': all, workers }: Pick<Settings, 'mysql-pool' | 'workers'>): number {
  return all === undefined ? USUAL_POOL : Math.floor(all / workers);
}

/** The most connections to the database that a node may have. */
export function poolOfAll(settings: Pick<Settings, 'mysql-pool' | 'workers'>): number {
  return settings['mysql-pool'] ?? USUAL_POOL * settings.workers;
}
