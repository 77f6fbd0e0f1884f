import { withOriginal } from '../harness/original.js';

const file = new URL('original-beside.js', import.meta.url);
withOriginal('the original meets its recordings beside a node where messages are taken back', file, [
  'CHAT_ORIGINAL',
]);
