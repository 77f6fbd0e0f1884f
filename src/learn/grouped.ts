/** Puts a value behind the others of its key: a list that is copied for each of them takes as long as the square of it. */
export function addTo<K, V>(lists: Map<K, V[]>, key: K, value: V): void {
  const others = lists.get(key);
  if (others === undefined) lists.set(key, [value]);
  else others.push(value);
}
