import { open } from './handle.js';

/** Counting more would be felt at the start. */
const MOST = 100_000;

/** How many accounts a database file has, counted up to 100,000; undefined when that cannot be read. */
export function countAccounts(file: string): number | undefined {
  if (file === ':memory:') return undefined;
  try {
    const handle = open(file);
    try {
      const sql = `SELECT count(*) AS n FROM (SELECT 1 FROM user LIMIT ${MOST})`;
      const [row] = handle.prepare(sql).all() as { n: number }[];
      return row?.n;
    } finally {
      handle.close();
    }
  } catch {
    return undefined;
  }
}
