import leven from 'leven';

/** More wrong letters than this make it another word. */
const NEAR = 2;

/** The word that is probably meant; undefined when none is near. */
export function nearest(word: string, words: readonly string[]): string | undefined {
  const distances = words.map((known) => [leven(word, known), known] as const);
  const [best] = distances.sort(([a], [b]) => a - b);
  return best !== undefined && best[0] <= NEAR ? best[1] : undefined;
}

/** A question to add to a message, with the blank in front; empty when no word is near. */
export function didYouMean(word: string, words: readonly string[]): string {
  const known = nearest(word, words);
  return known === undefined ? '' : `; did you mean ${known}?`;
}
