/** Asks whether a server takes no changes. */
export const READ_ONLY = 'select @@read_only as readonly, @@innodb_read_only as innodb';

/** Whether it takes no changes, by its answer. */
export function isReadOnlyServer(row: Readonly<Record<string, unknown>> = {}): boolean {
  return [row.readonly, row.innodb].some(isOn);
}

/** Servers say it as a number, as a word, or not at all. */
function isOn(value: unknown): boolean {
  return !['0', 'OFF', 'NULL', 'UNDEFINED'].includes(String(value).toUpperCase());
}
