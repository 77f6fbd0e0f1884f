import type { Way } from '../bus/bus.js';
import type { State } from './session.js';

/*
 * The next place of the messages that wait for a user. The first row that fits counts.
 *
 * the user               | the messages, and the facts                                          | route
 * -----------------------|----------------------------------------------------------------------|--------
 * anywhere               | some of it is being sent, published or stored                        | wait
 * live, catchingUp here  |                                                                      | deliver
 * arriving, draining here|                                                                      | wait
 * leaving here           | something is foreign, or nothing older is with another node          | store
 * leaving here           | all of it is of clients of this node, and older ones are elsewhere   | wait
 * not here               | something is foreign: its sender may wait for it before it goes on   | store
 * not here               | its node takes messages now                                          | send
 * not here               | its node takes messages later, or has not settled older ones         | wait
 * not here, not known    | nobody is subscribed to it; older ones may come back                  | wait
 * not here, not known    | nobody is subscribed to it                                           | store
 * not here, not known    |                                                                      | publish
 *
 * A message is foreign when it came from another node or on the user's channel. `store` stores all messages that
 * wait. While older messages of clients of this node are with another node it stores the foreign ones only: the
 * others would overtake the older ones.
 */
export type Route = 'deliver' | 'send' | 'publish' | 'store' | 'wait';

/** All the facts that decide about the messages that wait for a user. */
export interface View extends Way {
  /** The work that is under way with the first of them. */
  readonly busy: 'sending' | 'publishing' | 'storing' | undefined;
  /** The user's state on this node; undefined when it is not here. */
  readonly state: State | undefined;
  /** Whether one of them has come from another node, or on the user's channel. */
  readonly hasForeign: boolean;
  /** Whether it is known that nobody is subscribed to the user. */
  readonly isNowhere: boolean;
}

/** The next place of the messages that wait for a user, by the table above. Changes nothing. */
export function route(view: View): Route {
  if (view.busy !== undefined) return 'wait';
  if (view.state !== undefined) return routeHere(view.state, view);
  if (view.hasForeign) return 'store';
  if (view.reach === 'now') return 'send';
  if (view.reach === 'later') return 'wait';
  if (!view.isNowhere) return 'publish';
  return view.isInFlight ? 'wait' : 'store';
}

function routeHere(state: State, { hasForeign, isInFlight }: View): Route {
  if (state === 'live' || state === 'catchingUp') return 'deliver';
  if (state !== 'leaving') return 'wait';
  return hasForeign || !isInFlight ? 'store' : 'wait';
}
