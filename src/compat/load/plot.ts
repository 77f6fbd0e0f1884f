import { html } from '../report/markup.js';
import { figure } from './figures.js';

/** The picture in units of its own; a browser makes it as wide as the page lets it. */
const [WIDTH, HEIGHT, LEFT, BOTTOM, TOP] = [400, 130, 44, 18, 8];

/** The room beside the last figure below the picture. */
const RIGHT = 12;

/** One line of a plot. */
export interface Series {
  /** The class that gives it its colour. */
  readonly name: string;
  readonly values: readonly number[];
}

/**
 * A picture of values over time, as SVG that needs nothing else. Without a value there is nothing but its frame.
 *
 * @param label what it shows, for who does not see it
 * @param at when each value was measured, in seconds
 */
export function plot(label: string, at: readonly number[], series: readonly Series[]): string {
  const end = at.at(-1) ?? 1;
  const top = roundTop(Math.max(0, ...series.flatMap(({ values }) => values)));
  const x = (seconds: number) => LEFT + (seconds / end) * (WIDTH - LEFT - RIGHT);
  const y = (value: number) => HEIGHT - BOTTOM - (value / top) * (HEIGHT - BOTTOM - TOP);
  const ticks = [0, top / 2, top].map(
    (value) =>
      `<path class="grid" d="M${LEFT} ${short(y(value))}H${WIDTH - RIGHT}"/>` +
      `<text x="${LEFT - 5}" y="${short(y(value) + 4)}" text-anchor="end">${figure(value)}</text>`,
  );
  const times = [0, end].map(
    (seconds) =>
      `<text x="${short(x(seconds))}" y="${HEIGHT - 3}" text-anchor="middle">${figure(seconds)}</text>`,
  );
  const lines = series.map(({ name, values }) => {
    const points = values.map((value, n) => `${short(x(at[n] ?? 0))} ${short(y(value))}`);
    // A single value is a line as well.
    const path =
      points.length === 1 ? `M${LEFT} ${points[0]?.split(' ')[1]}L${points[0]}` : `M${points.join('L')}`;
    return points.length === 0 ? '' : `<path class="line ${name}" d="${path}"/>`;
  });
  return [
    `<svg class="plot" viewBox="0 0 ${WIDTH} ${HEIGHT}" role="img" aria-label="${html(label)}">`,
    ...ticks,
    ...times,
    ...lines,
    '</svg>',
  ].join('\n');
}

/** The next of 1, 2, 5, 10, 20, 50, ... that is not below. */
function roundTop(value: number): number {
  if (!(value > 0)) return 1;
  const power = 10 ** Math.floor(Math.log10(value));
  return power * ([1, 2, 5].find((step) => step * power >= value) ?? 10);
}

function short(number: number): string {
  return String(Math.round(number * 10) / 10);
}
