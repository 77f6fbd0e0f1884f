/** The rows in tables that the original does not have, by such a table that has any. None of them is moved. */
const LEFT: Readonly<Record<string, string>> = {
  friendrequest: 'friend requests that nobody has answered',
  historymessage: 'the history',
  chatseq: 'the numbers of messages',
  websession: 'logins of browsers',
};

/** The names of these tables. */
export const LEFT_TABLES: readonly string[] = Object.keys(LEFT);

/** A line that says what stays behind, as these tables have rows; empty when none has. */
export function leftLine(tables: readonly string[]): string {
  const names = LEFT_TABLES.filter((table) => tables.includes(table)).map((table) => LEFT[table]);
  return names.length === 0 ? '' : `\nnot copied: ${names.join(', ')}`;
}
