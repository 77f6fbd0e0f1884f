import { deepStrictEqual } from 'node:assert/strict';
import type { Document } from '../harness/user.js';

/** The text of a message that was split when it was stored, in one again (DIFFERENCES 7). */
export function joined(messages: readonly Document[]): Document[] {
  const whole: Document[] = [];
  for (const message of messages) {
    const last = whole.at(-1);
    if (last === undefined || last.n !== message.n) whole.push({ ...message });
    else last.msg += message.msg;
  }
  return whole;
}

/** Throws unless the messages are these, and those of each sender in its order. */
export function sameFromEach(actual: readonly Document[], expected: readonly Document[], what: string): void {
  const senders = new Set([...actual, ...expected].map(({ id }) => id));
  for (const sender of senders) {
    const from = (messages: readonly Document[]) => messages.filter(({ id }) => id === sender);
    deepStrictEqual(from(actual), from(expected), `${what}, from ${sender}`);
  }
}
