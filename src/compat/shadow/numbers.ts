import type { Facts } from './facts.js';
import type { Outcome } from './lane.js';
import type { Parting } from './parting.js';

/** A difference, as far as its number in DIFFERENCES.md may depend on it. */
export interface Clue {
  readonly about: string;
  /** How the two part; or what one alone has said. */
  readonly how: Parting['how'] | Exclude<Outcome<never>['how'], 'same' | 'other'>;
  readonly where: string;
  /** The last bytes of the client before it. */
  readonly facts: Facts;
  readonly first: string | undefined;
  readonly second: string | undefined;
  /** The first server passed on what somebody wrote who is not logged in as its sender. */
  readonly isForged: boolean;
  /** It was in the list of stored messages of a reply to a login. */
  readonly isStored: boolean;
}

type Rule = readonly [number: number, holds: (clue: Clue) => boolean];

const LISTS = /^(?:friends|groups)/;

const isLogin = ({ about }: Clue) => about === 'login';
const isRegistration = ({ about }: Clue) => about === 'register';
const isMessage = ({ about }: Clue) => about === 'chat' || about === 'groupChat';
const says = (text: string | undefined, errno: number) => text?.includes(`"errno":${errno},`) === true;
const onlyFirstRefuses = ({ first, second }: Clue) => !says(first, 0) && says(second, 0);

/**
 * The differences on purpose, if the first server is as the original and the second one as ours; the first that holds
 * counts.
 */
const RULES: readonly Rule[] = [
  [23, ({ about, how, facts }) => about === 'end' && how === 'extra' && facts.isHttp],
  [23, ({ about, how, facts }) => about === 'end' && how === 'missing' && facts.isHttp],
  [16, (clue) => (isLogin(clue) || isRegistration(clue)) && says(clue.second, 3)],
  [14, ({ how, where }) => how === 'distinct' && LISTS.test(where)],
  [14, (clue) => clue.how === 'once' && isMessage(clue)],
  [22, (clue) => isLogin(clue) && clue.how === 'shorter' && LISTS.test(clue.where)],
  [6, (clue) => isMessage(clue) && clue.isStored && clue.how === 'spelling'],
  [7, (clue) => isMessage(clue) && clue.isStored && clue.how === 'extra' && isLong(clue)],
  [6, (clue) => isMessage(clue) && clue.isStored && clue.how === 'extra' && isForeign(clue)],
  [4, (clue) => isLogin(clue) && clue.facts.isMinusOne && says(clue.first, 0) && !says(clue.second, 0)],
  [10, (clue) => isLogin(clue) && says(clue.first, 2) && says(clue.second, 0)],
  [5, (clue) => (isLogin(clue) || isRegistration(clue)) && clue.facts.hasQuotes && onlyFirstRefuses(clue)],
  [20, (clue) => isRegistration(clue) && clue.facts.isForeign && onlyFirstRefuses(clue)],
  [3, (clue) => isMessage(clue) && clue.how === 'missing' && clue.isForged],
  [24, ({ how, facts }) => how === 'extra' && facts.isBeyond],
  [19, ({ about, how, facts }) => how === 'missing' && about === 'end' && facts.isIncomplete],
  [19, (clue) => (isLogin(clue) || isRegistration(clue)) && clue.how === 'extra' && clue.facts.isIncomplete],
  [1, (clue) => clue.how === 'extra' && clue.about !== 'end' && isJoined(clue) && !isMessage(clue)],
  [2, ({ about, how, facts }) => about === 'end' && how === 'missing' && facts.verb === undefined],
];

/** The number in DIFFERENCES.md; undefined where it has none. */
export function numberOf(clue: Clue): number | undefined {
  return RULES.find(([, holds]) => holds(clue))?.[0];
}

/** Parts of a message that the original could not store have at least about this many characters. */
const LONG = 400;

function isLong({ second = '' }: Clue): boolean {
  return second.length > LONG;
}

function isForeign({ second = '' }: Clue): boolean {
  return /[^\0-\x7f]|\\u/.test(second);
}

function isJoined({ facts }: Clue): boolean {
  return facts.documents > 1 || facts.wasCut;
}
