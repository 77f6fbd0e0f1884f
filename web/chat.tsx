import { usePage } from './context.js';
import { Conversation } from './conversation.js';
import { Sidebar } from './sidebar.js';

/** The screen of a user who is logged in: conversations on the left, and one of them; on a phone one or the other. */
export function Chat() {
  const { session, words } = usePage();
  const { open, talks } = session.model;
  const talk = open === undefined ? undefined : talks.get(open);
  return (
    <main class={talk === undefined ? 'chat' : 'chat one'}>
      <Sidebar />
      <div class="room">
        {talk === undefined ? (
          <p class="empty">{words.choose}</p>
        ) : (
          <Conversation key={talk.key} talk={talk} />
        )}
      </div>
    </main>
  );
}
