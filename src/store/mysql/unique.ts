/** The same rows, each id once: where it came first (DIFFERENCES 14). */
export function unique<T extends { readonly id: number }>(rows: readonly T[]): T[] {
  const seen = new Set<number>();
  return rows.filter(({ id }) => !seen.has(id) && seen.add(id));
}
