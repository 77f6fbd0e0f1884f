import { withOriginal } from '../harness/original.js';

const file = new URL('original.js', import.meta.url);
withOriginal('the original meets its own recordings', file, ['CHAT_ORIGINAL']);
