import type { Ban } from '../bus/wire.js';
import type { Chat } from './chat.js';

/** Nobody may log in to an account for some time; whoever is in has its connection ended. */
export function keepOut({ bans, presence }: Pick<Chat, 'bans' | 'presence'>, ban: Ban, still = false): void {
  bans.add(ban, still);
  presence.get(ban.userid)?.connection?.finish('kicked');
}

/** The same on all nodes that this one reaches; those that come later are told then. */
export function banEverywhere(chat: Pick<Chat, 'bans' | 'presence' | 'bus'>, ban: Ban): void {
  // No account has an id of more than 32 bits, and no frame could name it.
  if (ban.userid !== (ban.userid | 0)) return;
  keepOut(chat, ban);
  chat.bus.tellBanned(ban);
}
