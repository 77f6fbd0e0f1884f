import type { Message } from './model.js';
import { timeOf } from './text.js';
import type { Words } from './words.js';

const DAY = 86_400_000;

/** When a message was written: by its sender's clock, or else when it came. */
export function whenOf({ time, at }: Message): number {
  return timeOf(time) ?? at;
}

/** Hours and minutes. */
export function hoursOf(at: number): string {
  const date = new Date(at);
  return `${two(date.getHours())}:${two(date.getMinutes())}`;
}

/** The day of a moment, as a text that is the same for all moments of it. */
export function dayOf(at: number): string {
  const date = new Date(at);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The text of a day line. */
export function dayName(at: number, words: Words): string {
  const day = dayOf(at);
  if (day === dayOf(Date.now())) return words.today;
  return day === dayOf(Date.now() - DAY) ? words.yesterday : day;
}

/** A moment in a list: the time of today, or the day. */
export function clockOf(at: number, words: Words): string {
  return dayOf(at) === dayOf(Date.now()) ? hoursOf(at) : dayName(at, words);
}

function two(value: number): string {
  return String(value).padStart(2, '0');
}
