import { withOriginal } from '../harness/original.js';

const file = new URL('original.js', import.meta.url);
withOriginal('the original client on a terminal', file, ['CHAT_ORIGINAL', 'CHAT_ORIGINAL_CLIENT']);
