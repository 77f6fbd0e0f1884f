import t from 'tap';
import { type Route, route, type View } from './route.js';

const HERE: View = {
  busy: undefined,
  state: 'live',
  hasForeign: false,
  isInFlight: false,
  reach: 'unknown',
  isNowhere: false,
  isUnclaimed: false,
};
const AWAY: View = { ...HERE, state: undefined };

/** The table at the head of route.ts, row by row. */
const ROWS: readonly (readonly [what: string, view: View, expected: Route])[] = [
  ['a message before it is being published', { ...AWAY, reach: 'now', busy: 'publishing' }, 'wait'],
  ['a message before it is being stored', { ...HERE, busy: 'storing' }, 'wait'],
  ['live', HERE, 'deliver'],
  ['live, foreign', { ...HERE, hasForeign: true }, 'deliver'],
  ['catching up', { ...HERE, state: 'catchingUp' }, 'deliver'],
  [
    'catching up, older ones with another node',
    { ...HERE, state: 'catchingUp', isInFlight: true },
    'deliver',
  ],
  ['arriving', { ...HERE, state: 'arriving' }, 'wait'],
  ['arriving, foreign', { ...HERE, state: 'arriving', hasForeign: true }, 'wait'],
  ['draining', { ...HERE, state: 'draining' }, 'wait'],
  ['leaving', { ...HERE, state: 'leaving' }, 'store'],
  ['leaving, foreign', { ...HERE, state: 'leaving', hasForeign: true }, 'store'],
  [
    'leaving, foreign, older ones with another node',
    { ...HERE, state: 'leaving', hasForeign: true, isInFlight: true },
    'store',
  ],
  ['leaving, older ones with another node', { ...HERE, state: 'leaving', isInFlight: true }, 'wait'],
  ['away, foreign', { ...AWAY, hasForeign: true }, 'store'],
  ['away, foreign, its node is known', { ...AWAY, hasForeign: true, reach: 'now' }, 'store'],
  ['away, its node takes messages', { ...AWAY, reach: 'now' }, 'send'],
  [
    'away, its node takes messages, whatever the database says',
    { ...AWAY, reach: 'now', isNowhere: true },
    'send',
  ],
  ['away, its node takes none now', { ...AWAY, reach: 'later', isInFlight: true }, 'wait'],
  [
    'away, its node takes none now, whatever the database says',
    { ...AWAY, reach: 'later', isNowhere: true },
    'wait',
  ],
  ['not known', AWAY, 'publish'],
  ['not known, behind one that was published', { ...AWAY, isUnclaimed: true }, 'publish'],
  ['nowhere', { ...AWAY, isNowhere: true }, 'store'],
  [
    'nowhere, and one that was published may come back',
    { ...AWAY, isNowhere: true, isInFlight: true, isUnclaimed: true },
    'wait',
  ],
  [
    'nowhere, and older ones are with another node or come back from it',
    { ...AWAY, isNowhere: true, isInFlight: true },
    'wait',
  ],
];

for (const [what, view, expected] of ROWS)
  t.test(`${what}: ${expected}`, async (t) => {
    t.equal(route(Object.freeze(view)), expected);
  });
