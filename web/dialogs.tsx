import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';
import type { Friend, Group, Member } from '../src/client/core/received.js';
import { Avatar } from './avatar.js';
import { usePage } from './context.js';
import { Problem } from './problem.js';
import { Rows } from './rows.js';
import type { Session } from './session.js';
import { digits, harmlessLine, unstorable } from './text.js';
import type { Words } from './words.js';

export interface Closing {
  readonly onClose: () => void;
}

/** The height of a member's row, in pixels. */
const ROW = 48;
/** And that of somebody who asks. */
const REQUEST_ROW = 56;

interface DialogProps extends Closing {
  readonly title: string;
  readonly children: ComponentChildren;
}

/** A window of its own in front of the page: the keyboard stays in it, Escape closes it. */
export function Dialog({ title, children, onClose }: DialogProps) {
  const { words } = usePage();
  const box = useRef<HTMLDialogElement>(null);
  useEffect(() => box.current?.showModal(), []);
  return (
    <dialog ref={box} aria-label={title} onClose={onClose}>
      <header>
        <h2>{title}</h2>
        <button type="button" class="icon" aria-label={words.close} onClick={onClose}>
          ×
        </button>
      </header>
      {children}
    </dialog>
  );
}

interface AskProps extends Closing {
  readonly title: string;
  readonly fields: readonly {
    readonly label: string;
    readonly isNumber?: boolean;
    readonly isOptional?: boolean;
    /** A password: which one, for the browser. */
    readonly secret?: 'current-password' | 'new-password';
  }[];
  readonly action: string;
  /** Does what was asked for. Resolves with what is wrong; undefined when it is done. */
  readonly onDone: (texts: readonly string[]) => Promise<string | undefined>;
}

/** A dialog with fields and one action. */
export function Ask({ title, fields, action, onDone, onClose }: AskProps) {
  const { words } = usePage();
  const [texts, setTexts] = useState<readonly string[]>(fields.map(() => ''));
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    const trimmed = texts.map((text, n) =>
      fields[n]?.secret ? text : fields[n]?.isNumber ? digits(text) : text.trim(),
    );
    const isBad = fields.some(({ isNumber }, n) => isNumber && !/^\d{1,10}$/.test(trimmed[n] ?? ''));
    const isEmpty = fields.some(({ isOptional }, n) => !isOptional && trimmed[n] === '');
    const isSecret = fields.some(({ secret }, n) => secret !== undefined && trimmed[n] === '');
    if (isBad || isEmpty)
      return setProblem(isBad ? words.badNumber : isSecret ? words.passwordEmpty : words.nameEmpty);
    setBusy(true);
    const wrong = await onDone(trimmed);
    setBusy(false);
    if (wrong === undefined) onClose();
    else setProblem(wrong);
  };
  return (
    <Dialog title={title} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} aria-busy={isBusy}>
        {fields.map(({ label, isNumber, secret }, n) => (
          <label key={label}>
            {label}
            <input
              type={secret === undefined ? 'text' : 'password'}
              autocomplete={secret ?? 'off'}
              inputMode={isNumber ? 'numeric' : 'text'}
              value={texts[n]}
              onInput={({ currentTarget: { value } }) =>
                setTexts(texts.map((text, other) => (other === n ? value : text)))
              }
            />
          </label>
        ))}
        <Problem text={problem} />
        <button type="submit" disabled={isBusy}>
          {action}
        </button>
      </form>
    </Dialog>
  );
}

/** Adds a friend by number; also by name where the server can look it up, or only so where the dialect does. */
export function AddFriend({ onClose }: Closing) {
  const { session, words } = usePage();
  const byName = session.speech.byName('addFriend');
  const isLookedUp = !byName && session.more.has('lookUp');
  const find = async (who: string) => {
    const number = digits(who);
    const found = /^\d{1,10}$/.test(number) ? await session.more.lookUp({ toid: Number(number) }) : undefined;
    return found ?? (await session.more.lookUp({ toname: who }));
  };
  const add = async ([who = '']: readonly string[]) => {
    const typed = byName ? { id: 0, name: who } : { id: Number(who), name: '' };
    const wanted = isLookedUp ? await find(who) : typed;
    if (wanted === undefined) return session.model.line === 'open' ? words.noSuchUser : words.lost;
    const problem = await befriend(session, words, wanted);
    if (problem !== undefined) return problem;
    const friend = session.model.friends.find(({ id, name }) =>
      byName ? name === wanted.name : id === wanted.id,
    );
    if (friend !== undefined) {
      session.talkWith('user', friend.id, friend.name);
      void session.open(`u${friend.id}`);
    }
    return undefined;
  };
  const fields = [
    isLookedUp
      ? { label: words.friendNumberOrName }
      : byName
        ? { label: words.friendName }
        : { label: words.friendNumber, isNumber: true },
  ];
  return <Ask title={words.addFriend} fields={fields} action={words.add} onDone={add} onClose={onClose} />;
}

/** Adds a friend, and says what has become of it. Resolves with what is wrong; undefined for nothing. */
export async function befriend(
  session: Session,
  words: Words,
  { id, name }: { readonly id: number; readonly name: string },
): Promise<string | undefined> {
  const result = await session.addFriend(id, name);
  if (result === 'lost') return words.lost;
  if (result === 'refused') return words.noSuchUser;
  const known = session.model.friends.find((friend) => friend.id === id)?.name ?? name;
  const shown = harmlessLine(known, 60) || words.user(id);
  session.say(result === 'added' ? words.added(shown) : words.asked(shown));
  return undefined;
}

/** The users who want to be friends: the person agrees, or does not. */
export function Requests({ onClose }: Closing) {
  const { session, words } = usePage();
  const { requests } = session.model;
  const [busy, setBusy] = useState<number>();
  const [problem, setProblem] = useState('');
  const answer = async ({ id, name }: Friend, verb: 'acceptFriend' | 'refuseFriend') => {
    setBusy(id);
    const ended = await session.more.answer(id, verb);
    setBusy(undefined);
    setProblem(
      ended === 'ok' ? '' : ended === 'lost' || ended === 'unavailable' ? words[ended] : words.requestGone,
    );
    if (ended === 'ok' && verb === 'acceptFriend')
      session.say(words.added(harmlessLine(name, 60) || words.user(id)));
  };
  return (
    <Dialog title={words.requestsTitle} onClose={onClose}>
      <Problem text={problem} />
      {requests.length === 0 ? (
        <p class="empty">{words.noRequests}</p>
      ) : (
        <Rows
          items={requests}
          height={REQUEST_ROW}
          label={words.requestsTitle}
          keyOf={({ id }) => String(id)}
          row={(asking) => {
            const shown = harmlessLine(asking.name, 60) || words.user(asking.id);
            return (
              <div class="row request">
                <Avatar id={asking.id} name={asking.name} online={asking.online} />
                <span class="text">
                  <b>{shown}</b>
                  <small>{asking.id}</small>
                </span>
                <button
                  type="button"
                  disabled={busy !== undefined}
                  aria-label={words.acceptWhom(shown)}
                  onClick={() => void answer(asking, 'acceptFriend')}
                >
                  {words.accept}
                </button>
                <button
                  type="button"
                  class="second"
                  disabled={busy !== undefined}
                  aria-label={words.refuseWhom(shown)}
                  onClick={() => void answer(asking, 'refuseFriend')}
                >
                  {words.refuse}
                </button>
              </div>
            );
          }}
        />
      )}
    </Dialog>
  );
}

/** Makes a group. */
export function CreateGroup({ onClose }: Closing) {
  const { session, words } = usePage();
  const create = async ([name = '', description = '']: readonly string[]) => {
    const bad = session.facts.charset === 'gbk' ? unstorable(name + description) : undefined;
    if (bad !== undefined) return words.nameGbk(bad);
    const id = await session.createGroup(name, description);
    if (id === undefined) return words.groupRefused;
    session.say(words.created(id));
    session.talkWith('group', id, name);
    void session.open(`g${id}`);
    return undefined;
  };
  const fields = [{ label: words.groupName }, { label: words.groupDescription, isOptional: true }];
  return (
    <Ask title={words.createGroup} fields={fields} action={words.create} onDone={create} onClose={onClose} />
  );
}

/** Joins a group by its number. */
export function JoinGroup({ onClose }: Closing) {
  const { session, words } = usePage();
  const join = async ([number = '']: readonly string[]) => {
    const id = Number(number);
    const isMember = await session.joinGroup(id);
    if (isMember === undefined) return words.lost;
    if (!isMember) return words.noSuchGroup;
    session.say(words.joined);
    session.talkWith('group', id, session.model.groups.find((group) => group.id === id)?.name);
    void session.open(`g${id}`);
    return undefined;
  };
  const fields = [{ label: words.groupNumber, isNumber: true }];
  return <Ask title={words.joinGroup} fields={fields} action={words.join} onDone={join} onClose={onClose} />;
}

/** The members of a group; a click opens the conversation with one. */
export function Members({ group, onClose }: Closing & { readonly group: Group }) {
  const { session, words } = usePage();
  const { me } = session.model;
  useEffect(() => void session.more.readMembers(group.id), [group.id]);
  const open = ({ id, name }: Member) => {
    session.talkWith('user', id, name);
    void session.open(`u${id}`);
    onClose();
  };
  return (
    <Dialog title={words.membersTitle} onClose={onClose}>
      <Rows
        items={group.members}
        height={ROW}
        label={words.membersTitle}
        keyOf={({ id }) => String(id)}
        row={(member) => (
          <button type="button" class="row" disabled={member.id === me?.id} onClick={() => open(member)}>
            <Avatar id={member.id} name={member.name} online={member.online} />
            <span class="text">
              <b>{harmlessLine(member.name, 60) || words.user(member.id)}</b>
              <small>
                {member.id}
                {member.id === me?.id && ` · ${words.you}`}
                {member.role === 'creator' && ` · ${words.creator}`}
                {` · ${member.online ? words.online : words.offline}`}
              </small>
            </span>
          </button>
        )}
      />
    </Dialog>
  );
}

/** Asks what is to stay in this browser. */
export function LogOut({ onClose }: Closing) {
  const { session, words, logOut } = usePage();
  const [keepsCopy, setKeepsCopy] = useState(false);
  const [isEverywhere, setEverywhere] = useState(false);
  return (
    <Dialog title={words.logOutTitle} onClose={onClose}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          void logOut(keepsCopy, isEverywhere);
        }}
      >
        {!session.model.isForgetful && (
          <>
            <label class="check">
              <input
                type="checkbox"
                checked={keepsCopy}
                onChange={({ currentTarget: { checked } }) => setKeepsCopy(checked)}
              />
              <span>
                {words.keepCopy}
                <small>{words.keepCopyHint}</small>
              </span>
            </label>
            <label class="check">
              <input
                type="checkbox"
                checked={isEverywhere}
                onChange={({ currentTarget: { checked } }) => setEverywhere(checked)}
              />
              <span>{words.everywhere}</span>
            </label>
          </>
        )}
        <button type="submit">{words.logOut}</button>
        <button type="button" class="second" onClick={onClose}>
          {words.cancel}
        </button>
      </form>
    </Dialog>
  );
}
