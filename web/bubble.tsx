import { useState } from 'preact/hooks';
import { usePage } from './context.js';
import { memo } from './memo.js';
import { Menu } from './menu.js';
import type { Message, Talk, Way } from './model.js';
import type { Fate } from './numbers.js';
import { harmless, harmlessLine, partsOf } from './text.js';
import { hoursOf, whenOf } from './times.js';
import type { Words } from './words.js';

/** At most this many characters and lines of a message are shown at first. */
const MOST = 3000;
const MOST_LINES = 60;

/** The signs of how far a message has come. */
const SIGNS: Record<Way | Fate, string> = {
  sending: '○',
  sent: '✓',
  elsewhere: '✓',
  here: '✓✓',
  stored: '◷',
  failed: '!',
  refused: '!',
};

interface Props {
  readonly talk: Talk;
  readonly message: Message;
  readonly before: Message | undefined;
}

/** One message. */
export function Bubble({ talk, message, before }: Props) {
  const { session, words } = usePage();
  const isMine = message.way !== undefined;
  const isFollowing =
    before !== undefined && before.from === message.from && (before.way !== undefined) === isMine;
  const isNamed = talk.kind === 'group' && !isMine && !isFollowing;
  const name = harmlessLine(message.name, 60) || words.user(message.from);
  const isRecalled = message.isRecalled === true;
  return (
    <article class={`bubble${isMine ? ' mine' : ''}${isFollowing ? ' following' : ''}`}>
      {isNamed && <b class="from">{name}</b>}
      {isRecalled ? (
        <p class="gone">{isMine ? words.ownTakenBack : words.takenBack(name)}</p>
      ) : (
        <Text text={message.text} words={words} />
      )}
      <footer>
        {message.waited && <span class="waited">{words.waited}</span>}
        {session.recalls.isPossible(message) && <Actions talk={talk} message={message} />}
        <time>{hoursOf(whenOf(message))}</time>
        {message.way !== undefined && !isRecalled && <Arrived way={message.way} fate={message.fate} />}
      </footer>
      {message.way === 'failed' && (
        <button type="button" class="second" onClick={() => session.own.retry(talk, message)}>
          {words.retry}
        </button>
      )}
    </article>
  );
}

/** How far a message of one's own has come. */
function Arrived({ way, fate }: Pick<Required<Message>, 'way' | 'fate'>) {
  const { words } = usePage();
  const state = way === 'sending' ? way : (fate ?? way);
  return (
    <span class={`way ${way} ${state}`} role="img" aria-label={words.ways[state]} title={words.ways[state]}>
      {SIGNS[state]}
    </span>
  );
}

/** What can be done with a message of one's own. */
function Actions({ talk, message }: Omit<Props, 'before'>) {
  const { session, words } = usePage();
  const takeBack = async () => {
    // The menu may stand there for longer than that is possible.
    const ended = session.recalls.isPossible(message)
      ? await session.recalls.takeBack(talk, message)
      : 'refused';
    if (ended === 'ok') return;
    session.say(ended === 'lost' || ended === 'unavailable' ? words[ended] : words.tooLate, true);
  };
  return (
    <Menu label={words.messageMenu} sign="⋯" isAbove>
      <button type="button" onClick={() => void takeBack()}>
        {words.takeBack}
      </button>
    </Menu>
  );
}

/** A text with its links. A very long one is shown in part until somebody wants all of it. */
const Text = memo(({ text, words }: { readonly text: string; readonly words: Words }) => {
  const [isAll, setAll] = useState(false);
  const shown = isAll ? text : beginningOf(text);
  return (
    <p class="words" dir="auto">
      {partsOf(harmless(shown)).map(({ text: part, href }, n) =>
        href === undefined ? (
          part
        ) : (
          <a key={n} href={href} target="_blank" rel="noopener noreferrer">
            {part}
          </a>
        ),
      )}
      {shown.length < text.length && (
        <>
          …{' '}
          <button type="button" class="plain" onClick={() => setAll(true)}>
            {words.showAll(text.length)}
          </button>
        </>
      )}
    </p>
  );
});

function beginningOf(text: string): string {
  let at = -1;
  for (let lines = 0; lines < MOST_LINES; lines++) {
    at = text.indexOf('\n', at + 1);
    if (at < 0 || at > MOST) return text.length > MOST + 500 ? text.slice(0, MOST) : text;
  }
  return text.slice(0, at);
}
