import { useState } from 'preact/hooks';
import { Avatar } from './avatar.js';
import { DeleteFriend, LeaveGroup } from './changes.js';
import { Composer } from './composer.js';
import { usePage } from './context.js';
import { befriend, Members } from './dialogs.js';
import { Menu } from './menu.js';
import { Messages } from './messages.js';
import type { Talk } from './model.js';
import { Search } from './search.js';
import { harmlessLine } from './text.js';

/** One conversation: who it is with, what was said, and what is written. */
export function Conversation({ talk }: { readonly talk: Talk }) {
  return (
    <section class="conversation" aria-label={harmlessLine(talk.name, 60)}>
      <Head talk={talk} />
      <Messages talk={talk} />
      <Composer talk={talk} />
    </section>
  );
}

function Head({ talk }: { readonly talk: Talk }) {
  const { session, words } = usePage();
  const [dialog, setDialog] = useState<'members' | 'search' | 'end'>();
  const close = () => setDialog(undefined);
  const { friends, groups } = session.model;
  const isGroup = talk.kind === 'group';
  const friend = isGroup ? undefined : friends.find(({ id }) => id === talk.id);
  const group = isGroup ? groups.find(({ id }) => id === talk.id) : undefined;
  const name = harmlessLine(talk.name, 60) || (isGroup ? words.group(talk.id) : words.user(talk.id));
  const isCreator = group?.members.some(({ id, role }) => id === session.model.me?.id && role === 'creator');
  const end = isGroup ? (isCreator ? 'dissolveGroup' : 'leaveGroup') : 'deleteFriend';
  const canEnd = (friend !== undefined || group !== undefined) && session.more.has(end);
  const state = friend && (friend.online ? words.online : words.offline);
  return (
    <header>
      <button
        type="button"
        class="icon back"
        aria-label={words.back}
        onClick={() => void session.open(undefined)}
      >
        ‹
      </button>
      <Avatar id={talk.id} name={talk.name} isGroup={isGroup} online={friend?.online} />
      <div class="who">
        <h1>{name}</h1>
        <small>
          {talk.id}
          {state !== undefined && ` · ${state}`}
          {group !== undefined && ` · ${harmlessLine(group.description, 80)}`}
          {!isGroup && friend === undefined && ` · ${words.stranger}`}
          {isGroup && group === undefined && ` · ${words.notMember}`}
        </small>
      </div>
      {session.finder.isPossible && (
        <button
          type="button"
          class="icon"
          aria-label={words.searchMessages}
          title={words.searchMessages}
          onClick={() => setDialog('search')}
        >
          ⌕
        </button>
      )}
      {group !== undefined && (
        <button
          type="button"
          class="second members"
          aria-label={words.members(group.members.length)}
          onClick={() => setDialog('members')}
        >
          <span class="wide">{words.members(group.members.length)}</span>
          <span class="narrow">👥 {group.members.length}</span>
        </button>
      )}
      {!isGroup && friend === undefined && (
        <button
          type="button"
          class="second"
          onClick={() =>
            void befriend(session, words, talk).then((problem) => {
              if (problem !== undefined) session.say(problem, true);
            })
          }
        >
          {words.addFriend}
        </button>
      )}
      {canEnd && (
        <Menu label={words.conversationMenu} sign="⋮">
          <button type="button" onClick={() => setDialog('end')}>
            {words[end]}
          </button>
        </Menu>
      )}
      {dialog === 'search' && <Search talk={talk} onClose={close} />}
      {dialog === 'members' && group !== undefined && <Members group={group} onClose={close} />}
      {dialog === 'end' && friend !== undefined && <DeleteFriend friend={friend} onClose={close} />}
      {dialog === 'end' && group !== undefined && end !== 'deleteFriend' && (
        <LeaveGroup group={group} verb={end} onClose={close} />
      )}
    </header>
  );
}
