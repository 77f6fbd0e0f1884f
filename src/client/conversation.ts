import type { ChatClient } from './chat-client.js';
import { ConnectionLost } from './link.js';
import { OwnMessages } from './own-messages.js';
import { Reconnecting } from './reconnecting.js';
import { type Account, Session } from './session.js';
import type { Terminal } from './terminal.js';

/**
 * A user's sessions, one after the other. When the connection ends, a person is told why and gets another as soon as there
 * is one, logged in as before. Resolves when the user is done. Rejects with ConnectionLost when a script's ends.
 */
export async function converse(
  first: ChatClient,
  connect: () => Promise<ChatClient>,
  terminal: Terminal,
): Promise<void> {
  let account: Account | undefined;
  const own = new OwnMessages();
  for (let client: ChatClient | undefined = first; client !== undefined; ) {
    const session: Session = new Session(client, terminal, own);
    try {
      return await session.run(account);
    } catch (error) {
      if (!(error instanceof ConnectionLost && terminal.person)) throw error;
      terminal.print(terminal.words.lost(error), 'note');
      account = session.account;
      client = await new Reconnecting(connect, terminal, account !== undefined).done();
    }
  }
  if (own.open > 0) terminal.print(terminal.words.unconfirmed(own.open), 'note');
}
