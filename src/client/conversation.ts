import type { ChatClient } from './chat-client.js';
import { ConnectionLost } from './link.js';
import { type Account, Session } from './session.js';
import { EndOfInput, type Terminal } from './terminal.js';

/** No connection yet that could be lost. */
const NEVER = new AbortController().signal;

/**
 * A user's sessions, one after the other. When the connection ends, a person is told why and may have another,
 * logged in as before. Resolves when the user is done. Rejects with ConnectionLost when a script's ends.
 */
export async function converse(
  first: ChatClient,
  connect: () => Promise<ChatClient>,
  terminal: Terminal,
): Promise<void> {
  let account: Account | undefined;
  for (let client: ChatClient | undefined = first; client !== undefined; ) {
    const session: Session = new Session(client, terminal);
    try {
      return await session.run(account);
    } catch (error) {
      if (!(error instanceof ConnectionLost && terminal.person)) throw error;
      terminal.print(terminal.words.lost(error), 'note');
      account = session.account;
      client = await reconnect(connect, terminal, account !== undefined);
    }
  }
}

/** Offers a connection until there is one. Resolves with undefined when the user does not want it. */
async function reconnect(
  connect: () => Promise<ChatClient>,
  terminal: Terminal,
  loggedIn: boolean,
): Promise<ChatClient | undefined> {
  while (await isWanted(terminal, loggedIn)) {
    try {
      return await connect();
    } catch (error) {
      terminal.print(error instanceof Error ? error.message : String(error), 'note');
    }
  }
  return undefined;
}

/**
 * Asks until there is a yes or a no. What else is typed by somebody who is logged in is the command that was being
 * typed when the connection was lost, and is kept. In the menu it is an answer, maybe a password: it is forgotten.
 */
async function isWanted(terminal: Terminal, loggedIn: boolean): Promise<boolean> {
  try {
    for (;;) {
      const answer = await terminal.ask(terminal.words.reconnect, 'choice', NEVER);
      if (/^\s*(y|yes|是|好)?\s*$/i.test(answer)) return true;
      if (/^\s*(n|no|q|quit|否|不)\s*$/i.test(answer)) return false;
      if (loggedIn) terminal.keep(answer);
      terminal.print(loggedIn ? terminal.words.kept : terminal.words.yesOrNo, 'note');
    }
  } catch (error) {
    if (error instanceof EndOfInput) return false;
    throw error;
  }
}
