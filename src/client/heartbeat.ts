/** The longest and the shortest pause between two heartbeats, in seconds. */
const [LONGEST, SHORTEST] = [30, 0.2];

/**
 * Sends heartbeats, twice as often as the server wants them, until it is stopped or one is not answered.
 *
 * @param interval how often the server wants one, in seconds; 0 for as seldom as one likes
 * @param beat sends one; rejects when the connection has ended
 * @returns stops it
 */
export function startHeartbeat(interval: number, beat: () => Promise<unknown>): () => void {
  const seconds = Math.max(SHORTEST, Math.min(interval > 0 ? interval / 2 : LONGEST, LONGEST));
  let isAnswered = true;
  const stop = () => clearInterval(timer);
  const timer = setInterval(() => {
    if (!isAnswered) return;
    isAnswered = false;
    beat().then(() => {
      isAnswered = true;
    }, stop);
  }, seconds * 1000).unref();
  return stop;
}
