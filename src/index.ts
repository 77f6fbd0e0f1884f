/** The exports for a program that imports this package: a server inside it, and a client. See examples/. */

export type { UserHere } from './admin/desk.js';
export type { ChatUser, LoginAttempt, WantedMessage } from './chat/program.js';
export { Unsupported } from './client/abilities.js';
export {
  ChatClient,
  type ChatClientAddress,
  type ChatClientEvents,
  type ChatClientOptions,
  ChatError,
  type Conversation,
  type HistoryRange,
  type Told,
} from './client/chat-client.js';
export type {
  ChatMessage,
  Friend,
  Group,
  HistoryPage,
  KeptMessage,
  Login,
  Member,
  Recalled,
} from './client/core/received.js';
export { ConnectionLost } from './client/link.js';
export type { Fate, Numbering } from './client/outstanding.js';
export { ConfigError } from './config/error.js';
export { type ChatServerOptions, createChatServer, type RunningChatServer } from './embed.js';
export type { ChatLogger } from './embed-log.js';
export type { MessageEvent } from './embed-program.js';
