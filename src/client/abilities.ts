import { numberOf } from './core/foreign.js';

/** The server does not do it: it is an original, or an older one. */
export class Unsupported extends Error {
  constructor(ability: string) {
    super(`the server does not know ${ability}`);
  }
}

/** The verbs of a server by its own word. */
export interface Abilities {
  readonly can: ReadonlySet<string>;
  /** How often a client that sends heartbeats is to send one, in seconds; 0 for as seldom as it likes. */
  readonly heartbeat: number;
}

/** Of one that has said nothing. */
export const NONE: Abilities = { can: new Set(), heartbeat: 0 };

/** Reads the answer of a server that names its verbs, whatever is in it. */
export function readAbilities(can: unknown, heartbeat: unknown): Abilities {
  const names = Array.isArray(can) ? can.filter((name) => typeof name === 'string') : [];
  const seconds = numberOf(heartbeat);
  return { can: new Set(names), heartbeat: seconds > 0 ? seconds : 0 };
}
