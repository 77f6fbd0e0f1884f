import { accountVerbs } from './accounts.js';
import { confirmVerbs } from './confirm.js';
import { friendRequestVerbs, friendVerbs } from './friends.js';
import { groupVerbs } from './groups.js';
import { historyVerbs } from './history.js';
import { numberVerbs } from './numbered.js';
import { recallVerbs } from './recall.js';
import { serviceVerbs } from './service.js';

/** The verbs that the original does not have, each with its handler: a new one is plugged in here (CONTRIBUTING.md). */
export const moreVerbs = {
  ...accountVerbs,
  ...confirmVerbs,
  ...friendVerbs,
  ...friendRequestVerbs,
  ...groupVerbs,
  ...historyVerbs,
  ...numberVerbs,
  ...recallVerbs,
  ...serviceVerbs,
};
