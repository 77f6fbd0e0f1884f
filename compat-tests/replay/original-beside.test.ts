import { withOriginal } from '../harness/original.js';

const file = new URL('original-beside.js', import.meta.url);
withOriginal(
  'the original meets its recordings beside a node where all is used that it does not have',
  file,
  ['CHAT_ORIGINAL'],
);
