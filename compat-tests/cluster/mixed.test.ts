import { withOriginal } from '../harness/original.js';

withOriginal('an original node beside ours', new URL('mixed.js', import.meta.url), ['CHAT_ORIGINAL']);
