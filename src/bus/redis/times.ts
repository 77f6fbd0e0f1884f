import { MAX_BACK_OFF } from './connection.js';

/*
 * Times in milliseconds. Every node must find out that Redis does not answer before any node gives up a
 * PUBLISH and stores its message: BEAT + ANSWER < PUBLISH. A node that is back waits until the others
 * are back too, and store no more, before it says so: STEADY. After as long again all others must have done so:
 * who is not there now is dead. The subscribing connection is given up late, because Redis counts it as a
 * receiver until it has noticed.
 */
export const BEAT = 250;
export const ANSWER = 1500;
export const PUBLISH = 2000;
export const DEAD = 10_000;
/** A node whose channel has no subscriber at eight beats in a row is dead, and does not just connect anew. */
export const DEAD_BEATS = 8;
export const STEADY = 2 * MAX_BACK_OFF + 2 * BEAT;
