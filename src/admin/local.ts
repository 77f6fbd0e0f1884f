import type { Desk, UserHere } from './desk.js';
import { pulseOf } from './pulse.js';
import { reporter } from './report.js';
import type { Sources } from './sources.js';

/** The orders that a server of clients takes from its operators. */
export interface Served {
  users(): UserHere[];
  /** Closes the connection of a user, who may not log in for `minutes`. Returns how many connections that were. */
  kick(userid: number, minutes?: number): number;
  /** Writes a text to every user who is here. Returns how many they are. */
  say(text: string): number;
}

/** The desk of this process. */
export function deskOf(served: Served, sources: Sources): Desk {
  const report = reporter(sources);
  const pulse = pulseOf(sources);
  return {
    report,
    pulse: async () => pulse(),
    users: async () => served.users(),
    kick: async ({ userid, minutes }) => served.kick(userid, minutes),
    say: async ({ text }) => served.say(text),
  };
}
