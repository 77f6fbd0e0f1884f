import type { Histogram } from 'hdr-histogram-js';

/** Percentiles of how long operations took, in milliseconds. */
export interface Percentiles {
  readonly p50: number;
  readonly p90: number;
  readonly p99: number;
  readonly p999: number;
}

/** One second of a run in numbers. */
export interface Second extends Percentiles {
  /** When it ended, in seconds since the measurement began. */
  readonly at: number;
  /** Operations a second. */
  readonly rate: number;
}

/** The percentiles of a histogram that counts microseconds. */
export function percentilesOf(latency: Histogram): Percentiles {
  const at = (percentile: number) => latency.getValueAtPercentile(percentile) / 1000;
  return { p50: at(50), p90: at(90), p99: at(99), p999: at(99.9) };
}

/**
 * A long run in at most `most` pieces of equal length: of each the mean rate and the worst percentiles, so that no
 * stall is smoothed away.
 */
export function thinned(seconds: readonly Second[], most: number): Second[] {
  const size = Math.ceil(seconds.length / most);
  if (size <= 1) return [...seconds];
  const pieces: Second[] = [];
  for (let from = 0; from < seconds.length; from += size)
    pieces.push(joined(seconds.slice(from, from + size)));
  return pieces;
}

function joined(seconds: readonly Second[]): Second {
  const worst = (of: (second: Second) => number) => Math.max(...seconds.map(of));
  return {
    at: worst(({ at }) => at),
    rate: seconds.reduce((sum, { rate }) => sum + rate, 0) / seconds.length,
    p50: worst(({ p50 }) => p50),
    p90: worst(({ p90 }) => p90),
    p99: worst(({ p99 }) => p99),
    p999: worst(({ p999 }) => p999),
  };
}
