import { useMemo, useState } from 'preact/hooks';
import type { Friend, Group } from '../src/client/core/received.js';
import { Avatar } from './avatar.js';
import { ChangePassword } from './changes.js';
import { usePage } from './context.js';
import { AddFriend, CreateGroup, JoinGroup, LogOut, Requests } from './dialogs.js';
import { Menu } from './menu.js';
import type { Talk } from './model.js';
import { askToNotify, isNotifying, stopNotifying } from './notify.js';
import { Rows } from './rows.js';
import { Search } from './search.js';
import { harmlessLine } from './text.js';
import { clockOf } from './times.js';

const TABS = ['chats', 'friends', 'groups'] as const;
type Tab = (typeof TABS)[number];

/** The height of a row, in pixels. */
const ROW = 60;

type DialogName = 'friend' | 'requests' | 'group' | 'join' | 'password' | 'search' | 'logOut';

/** Conversations, friends and groups. */
export function Sidebar() {
  const { session, words } = usePage();
  const [tab, setTab] = useState<Tab>('chats');
  const [filter, setFilter] = useState('');
  const [dialog, setDialog] = useState<DialogName>();
  const close = () => setDialog(undefined);
  const { requests } = session.model;
  const show = (name: Tab) => {
    setTab(name);
    if (name === 'friends') void session.more.readRequests();
  };
  return (
    <nav class="sidebar" aria-label={words.title}>
      <Head onDialog={setDialog} />
      <div class="tabs">
        {TABS.map((name) => (
          <button key={name} type="button" aria-pressed={tab === name} onClick={() => show(name)}>
            {words[name]}
            {name === 'chats' && <Unread count={unreadOf(session.model.talks.values())} />}
            {name === 'friends' && <Mark count={requests.length} label={words.requests(requests.length)} />}
          </button>
        ))}
      </div>
      <input
        class="filter"
        type="search"
        placeholder={words.search}
        aria-label={words.search}
        value={filter}
        onInput={({ currentTarget: { value } }) => setFilter(value)}
      />
      <List tab={tab} filter={filter.trim().toLowerCase()} />
      <div class="actions">
        {tab !== 'groups' && (
          <button type="button" onClick={() => setDialog('friend')}>
            {words.addFriend}
          </button>
        )}
        {tab === 'friends' && session.more.has('friendRequests') && (
          <button type="button" class="second" onClick={() => setDialog('requests')}>
            {words.requestsTitle}
            <Mark count={requests.length} label={words.requests(requests.length)} />
          </button>
        )}
        {tab === 'groups' && (
          <>
            <button type="button" onClick={() => setDialog('group')}>
              {words.createGroup}
            </button>
            <button type="button" onClick={() => setDialog('join')}>
              {words.joinGroup}
            </button>
          </>
        )}
      </div>
      {dialog === 'friend' && <AddFriend onClose={close} />}
      {dialog === 'requests' && <Requests onClose={close} />}
      {dialog === 'group' && <CreateGroup onClose={close} />}
      {dialog === 'join' && <JoinGroup onClose={close} />}
      {dialog === 'search' && <Search onClose={close} />}
      {dialog === 'password' && <ChangePassword onClose={close} />}
      {dialog === 'logOut' && <LogOut onClose={close} />}
    </nav>
  );
}

function Head({ onDialog }: { readonly onDialog: (name: DialogName) => void }) {
  const { session, words, switchLanguage } = usePage();
  const { me } = session.model;
  const [isTold, setTold] = useState(isNotifying());
  const notify = async () => {
    if (isTold) stopNotifying();
    else if (!(await askToNotify())) session.say(words.notifyDenied, true);
    setTold(isNotifying());
  };
  return (
    <header>
      <Avatar id={me?.id ?? 0} name={me?.name ?? ''} />
      <div class="who">
        <h1>{harmlessLine(me?.name ?? '', 50)}</h1>
        <small title={words.myNumber}>
          {words.myNumber} {me?.id}
        </small>
      </div>
      {session.finder.isPossible && (
        <button
          type="button"
          class="icon"
          aria-label={words.searchAll}
          title={words.searchAll}
          onClick={() => onDialog('search')}
        >
          ⌕
        </button>
      )}
      <button
        type="button"
        class="icon"
        aria-label={words.refresh}
        title={words.refresh}
        onClick={() => void session.refresh()}
      >
        ↻
      </button>
      <Menu label={words.menu} sign="☰">
        <button type="button" aria-pressed={isTold} onClick={() => void notify()}>
          {isTold ? words.notifyOff : words.notify}
        </button>
        <button type="button" lang={words.language === 'English' ? 'en' : 'zh-CN'} onClick={switchLanguage}>
          {words.language}
        </button>
        {session.more.has('changePassword') && (
          <button type="button" onClick={() => onDialog('password')}>
            {words.changePassword}
          </button>
        )}
        <button type="button" onClick={() => onDialog('logOut')}>
          {words.logOut}
        </button>
      </Menu>
    </header>
  );
}

function List({ tab, filter }: { readonly tab: Tab; readonly filter: string }) {
  const { session, words } = usePage();
  const { talks, friends, groups } = session.model;
  const online = useMemo(() => new Map(friends.map((friend) => [friend.id, friend.online])), [friends]);
  const fits = ({ name, id }: { readonly name: string; readonly id: number }) =>
    filter === '' || name.toLowerCase().includes(filter) || String(id) === filter;
  const empty: Record<Tab, string> = {
    chats: words.noTalks,
    friends: session.more.has('lookUp')
      ? words.noFriendsEither
      : session.speech.byName('addFriend')
        ? words.noFriendsName
        : words.noFriends,
    groups: words.noGroups,
  };
  const lists = {
    chats: () => {
      const found = [...talks.values()].filter((talk) => talk.lastAt > 0 && fits(talk));
      return found.sort((a, b) => b.lastAt - a.lastAt).map((talk) => rowOfTalk(talk, online));
    },
    friends: () =>
      friends
        .filter(fits)
        .sort((a, b) => Number(b.online) - Number(a.online))
        .map((friend) => ({ ...rowOf(friend, 'user'), online: friend.online })),
    groups: () => groups.filter(fits).map((group) => rowOf(group, 'group')),
  };
  const items: readonly Entry[] = lists[tab]();
  if (items.length === 0) return <p class="empty rows">{filter === '' ? empty[tab] : words.nothingFound}</p>;
  return (
    <Rows
      items={items}
      height={ROW}
      label={words[tab]}
      keyOf={({ key }) => key}
      row={(entry) => <Row entry={entry} />}
    />
  );
}

/**
 * A person who opens a conversation with a mouse or the keyboard writes next. On a phone the keyboard would cover
 * half the screen.
 */
function focusField(): void {
  if (!matchMedia('(hover: hover)').matches) return;
  requestAnimationFrame(() => document.querySelector<HTMLElement>('.composer textarea')?.focus());
}

/** A row of a list. */
interface Entry {
  readonly key: string;
  readonly kind: Talk['kind'];
  readonly id: number;
  readonly name: string;
  readonly online?: boolean | undefined;
  readonly last?: string;
  readonly isRecalled?: boolean;
  readonly at?: number;
  readonly unread: number;
}

function rowOf({ id, name }: Friend | Group, kind: Talk['kind']): Entry {
  return { key: `${kind === 'group' ? 'g' : 'u'}${id}`, kind, id, name, unread: 0 };
}

function rowOfTalk(
  { key, kind, id, name, unread, lastAt, lastText, isLastRecalled = false }: Talk,
  states: ReadonlyMap<number, boolean>,
): Entry {
  const online = kind === 'user' ? states.get(id) : undefined;
  return { key, kind, id, name, unread, online, last: lastText, isRecalled: isLastRecalled, at: lastAt };
}

function Row({ entry }: { readonly entry: Entry }) {
  const { session, words } = usePage();
  const { key, kind, id, name, online, last, isRecalled, at, unread } = entry;
  const shown = harmlessLine(name, 60) || (kind === 'group' ? words.group(id) : words.user(id));
  const open = () => {
    session.talkWith(kind, id, name);
    void session.open(key).then(focusField);
  };
  const isOpen = session.model.open === key;
  return (
    <button type="button" class="row" aria-current={isOpen ? 'true' : undefined} onClick={open}>
      <Avatar id={id} name={name} isGroup={kind === 'group'} online={online} />
      <span class="text">
        <b>{shown}</b>
        <small>
          {last === undefined
            ? `${id}${online === undefined ? '' : ` · ${online ? words.online : words.offline}`}`
            : isRecalled
              ? words.lastTakenBack
              : harmlessLine(last, 80)}
        </small>
      </span>
      <span class="side">
        {at !== undefined && <small>{clockOf(at, words)}</small>}
        <Unread count={unread} />
      </span>
    </button>
  );
}

function Unread({ count }: { readonly count: number }) {
  const { words } = usePage();
  return <Mark count={count} label={words.unread(count)} />;
}

/** A number that waits for somebody. */
function Mark({ count, label }: { readonly count: number; readonly label: string }) {
  if (count === 0) return null;
  return (
    <span class="unread" role="img" aria-label={label}>
      {count > 999 ? '999+' : count}
    </span>
  );
}

function unreadOf(talks: Iterable<Talk>): number {
  let count = 0;
  for (const { unread } of talks) count += unread;
  return count;
}
