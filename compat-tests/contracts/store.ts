import type { Test } from 'tap';
import type { OpenStore } from './open-store.js';
import { accounts } from './store-accounts.js';
import { history } from './store-history.js';
import { logins } from './store-logins.js';
import { messages } from './store-messages.js';
import { people } from './store-people.js';
import { seqs } from './store-seqs.js';

/**
 * The contract of every store, whatever it is built on. `open` opens one for all tests, which are run one after
 * another, each with rows of its own. `keepsHistory` is false for one whose packets are too small for that.
 */
export function storeContract(
  t: Test,
  name: string,
  open: (t: Test) => Promise<OpenStore>,
  { keepsHistory = true } = {},
): void {
  t.test(name, async (t) => {
    const opened = await open(t);
    for (const [what, check] of Object.entries({
      ...accounts,
      ...people,
      ...messages,
      ...logins,
      ...(keepsHistory ? history : {}),
      ...seqs,
    })) {
      await opened.database.seed({});
      await t.test(what, (t) => check(t, opened));
    }
  });
}
