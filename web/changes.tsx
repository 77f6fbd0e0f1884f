import { useState } from 'preact/hooks';
import type { Friend, Group } from '../src/client/core/received.js';
import { usePage } from './context.js';
import { Ask, type Closing, Dialog } from './dialogs.js';
import type { Ended } from './more.js';
import { Problem } from './problem.js';
import { harmlessLine } from './text.js';
import type { Words } from './words.js';

interface ConfirmProps extends Closing {
  readonly question: string;
  /** What it means. */
  readonly hint: string;
  readonly action: string;
  readonly onYes: () => Promise<Ended>;
}

/** Asks before something is done that cannot be undone here. */
function Confirm({ question, hint, action, onYes, onClose }: ConfirmProps) {
  const { words } = usePage();
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const submit = async (event: Event) => {
    event.preventDefault();
    setBusy(true);
    const ended = await onYes();
    setBusy(false);
    if (ended === 'ok') onClose();
    else setProblem(whyNot(ended, words));
  };
  return (
    <Dialog title={question} onClose={onClose}>
      <form onSubmit={(event) => void submit(event)} aria-busy={isBusy}>
        <p>{hint}</p>
        <Problem text={problem} />
        <button type="submit" disabled={isBusy}>
          {action}
        </button>
        <button type="button" class="second" onClick={onClose}>
          {words.cancel}
        </button>
      </form>
    </Dialog>
  );
}

/** Takes somebody off the list of friends. */
export function DeleteFriend({ friend, onClose }: Closing & { readonly friend: Friend }) {
  const { session, words } = usePage();
  const name = harmlessLine(friend.name, 60) || words.user(friend.id);
  return (
    <Confirm
      question={words.deleteFriendTitle(name)}
      hint={words.deleteFriendHint}
      action={words.deleteFriend}
      onYes={() => session.more.change('deleteFriend', { friendid: friend.id })}
      onClose={onClose}
    />
  );
}

/** Leaves a group, or ends it for everybody: that is for its creator, who cannot leave. */
export function LeaveGroup({
  group,
  verb,
  onClose,
}: Closing & { readonly group: Group; readonly verb: 'leaveGroup' | 'dissolveGroup' }) {
  const { session, words } = usePage();
  const name = harmlessLine(group.name, 60) || words.group(group.id);
  const isEnd = verb === 'dissolveGroup';
  return (
    <Confirm
      question={isEnd ? words.dissolveTitle(name) : words.leaveTitle(name)}
      hint={isEnd ? words.dissolveHint : words.leaveHint}
      action={isEnd ? words.dissolveGroup : words.leaveGroup}
      onYes={() => session.more.change(verb, { groupid: group.id })}
      onClose={onClose}
    />
  );
}

/** Gives the account another password. */
export function ChangePassword({ onClose }: Closing) {
  const { session, words } = usePage();
  const change = async ([old = '', wanted = '', again = '']: readonly string[]) => {
    if (wanted !== again) return words.passwordsDiffer;
    const ended = await session.changePassword(old, wanted);
    if (ended === 'invalid') return words.passwordWrong;
    if (ended !== 'ok') return whyNot(ended, words);
    session.say(words.passwordChanged);
    return undefined;
  };
  const fields = [
    { label: words.passwordOld, secret: 'current-password' },
    { label: words.passwordNew, secret: 'new-password' },
    { label: words.passwordAgain, secret: 'new-password' },
  ] as const;
  return (
    <Ask
      title={words.changePassword}
      fields={fields}
      action={words.changePassword}
      onDone={change}
      onClose={onClose}
    />
  );
}

function whyNot(ended: Exclude<Ended, 'ok'>, words: Words): string {
  return ended === 'lost' || ended === 'unavailable' ? words[ended] : words.notTaken;
}
