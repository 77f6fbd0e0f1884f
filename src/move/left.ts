/** What is in the tables that the original does not have, by a table that has rows then. None of it is moved. */
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
