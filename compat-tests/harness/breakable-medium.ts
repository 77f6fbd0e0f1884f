import type { InProcessHub } from '../../src/bus/in-process.js';
import type { Medium, MediumEvents } from '../../src/bus/medium.js';

/** A medium whose node can be told that it is away, or that time passes; it counts receivers as `publish` says. */
export function breakable(hub: InProcessHub, publish?: () => Promise<number>) {
  const medium: Medium = Object.assign(hub.medium(), publish && { publish });
  const start = medium.start.bind(medium);
  let events: MediumEvents | undefined;
  medium.start = (node, told) => {
    events = told;
    return start(node, told);
  };
  return { medium, turn: (up: boolean) => events?.up(up), beat: () => events?.beat([]) };
}
