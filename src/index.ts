/** What a program gets that imports this package: a server inside it, and a client. See examples/. */
export {
  ChatClient,
  type ChatClientAddress,
  type ChatClientEvents,
  type ChatClientOptions,
  ChatError,
} from './client/chat-client.js';
export type { ChatMessage, Friend, Group, Login, Member } from './client/core/received.js';
export { ConnectionLost } from './client/link.js';
export { ConfigError } from './config/error.js';
export { type ChatServerOptions, createChatServer, type RunningChatServer } from './embed.js';
