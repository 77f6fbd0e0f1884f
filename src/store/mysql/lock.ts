import type { Store } from '../store.js';
import type { Database } from './database.js';

/** Unique per database and account, and within the 64 characters that MySQL allows. */
const NAME = `concat('chat-login-', left(database(), 40), '-', ?)`;

/**
 * Locks of accounts between nodes (DIFFERENCES 10). The database keeps them per connection, so `db` must have
 * only one: it holds all locks of this node, and they end with it.
 */
export function lock(db: Database): Pick<Store, 'exclusively'> {
  // The database gives a lock again to the connection that has it.
  const held = new Set<number>();

  async function take(id: number): Promise<boolean> {
    const { rows } = await db.ask(`select get_lock(${NAME}, 0) as taken`, [String(id)]);
    return rows[0]?.taken === 1;
  }

  async function release(id: number): Promise<void> {
    // If this cannot be said, the connection is lost and the lock with it.
    await db.ask(`select release_lock(${NAME})`, [String(id)]).catch(() => undefined);
  }

  return {
    async exclusively(id, work) {
      if (held.has(id)) return undefined;
      held.add(id);
      try {
        if (!(await take(id))) return undefined;
        return await work().finally(() => release(id));
      } finally {
        held.delete(id);
      }
    },
  };
}
