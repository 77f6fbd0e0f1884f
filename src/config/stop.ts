import { LIMITS } from '../limits.js';
import type { Settings } from '../options.js';

/** The longest that a stop may take, in ms: everything but the last words. */
export function longestEnd(settings: Pick<Settings, 'shutdown-timeout'>): number {
  return settings['shutdown-timeout'] * 1000;
}

/** The longest time until the process ends, in ms, with all that takes its time by intention. */
export function longestStop(settings: Pick<Settings, 'shutdown-timeout' | 'drain'>): number {
  return longestEnd(settings) + settings.drain * 1000 + LIMITS.answers;
}
