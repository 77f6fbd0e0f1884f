/** Where nodes of ours speak to all others, and to one; original nodes know nothing of it. */
export const ALL = 'chat-server:nodes';
export const ONE = 'chat-server:node:';
