import type { Words } from './words.js';
import { ENGLISH } from './words-en.js';
import { CHINESE } from './words-zh.js';

/** The words for a script: the original's screens to the byte, which are in both languages. */
export const ORIGINAL: Words = {
  ...ENGLISH,
  commands: CHINESE.commands,
  groupMessage: CHINESE.groupMessage,
};

/** The language of a person with this environment: Chinese where its locale is, or else English. */
export function wordsOf({ LC_ALL, LC_MESSAGES, LANG }: NodeJS.ProcessEnv): Words {
  return /^zh/i.test(LC_ALL || LC_MESSAGES || LANG || '') ? CHINESE : ENGLISH;
}
