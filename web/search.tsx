import { useState } from 'preact/hooks';
import { usePage } from './context.js';
import { type Closing, Dialog } from './dialogs.js';
import type { Message, Talk } from './model.js';
import type { Found } from './past.js';
import { Problem } from './problem.js';
import { harmlessLine } from './text.js';
import { dayName, hoursOf, whenOf } from './times.js';

/** The fewest characters that servers look for, and the most. */
const [FEWEST, MOST] = [2, 100];

/** At most this many characters of a message that was found are shown. */
const SHOWN = 300;

/** Looks for a text in what the server has of a conversation. */
export function Search({ talk, onClose }: Closing & { readonly talk: Talk }) {
  const { session, words } = usePage();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [found, setFound] = useState<Found & { readonly text: string }>();
  const look = async (wanted: string, earlier: readonly Message[], before?: number) => {
    setBusy(true);
    const more = await session.past.search(talk, wanted, before);
    setBusy(false);
    setProblem(more === undefined ? words.unavailable : '');
    if (more !== undefined)
      setFound({ text: wanted, messages: [...earlier, ...more.messages], next: more.next });
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = text.trim();
    if ([...wanted].length < FEWEST) setProblem(words.searchShort);
    else void look(wanted, []);
  };
  return (
    <Dialog title={words.searchMessages} onClose={onClose}>
      <form onSubmit={submit} aria-busy={isBusy}>
        <label>
          {words.searchText}
          <input
            type="search"
            value={text}
            maxLength={MOST}
            onInput={({ currentTarget: { value } }) => setText(value)}
          />
        </label>
        <Problem text={problem} />
        <button type="submit" disabled={isBusy}>
          {words.find}
        </button>
      </form>
      {found !== undefined && (
        <div role="status">
          {found.messages.length === 0 && found.next === undefined && (
            <p class="empty">{words.nothingFound}</p>
          )}
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the keyboard */}
          <ul class="found" tabIndex={0} aria-label={words.messages}>
            {found.messages.map((message) => (
              <li key={message.n}>
                <small>
                  {`${harmlessLine(message.name, 60) || words.user(message.from)} · `}
                  {`${dayName(whenOf(message), words)} ${hoursOf(whenOf(message))}`}
                </small>
                <p dir="auto">{harmlessLine(message.text, SHOWN)}</p>
              </li>
            ))}
          </ul>
          {found.next !== undefined && (
            <button
              type="button"
              class="second"
              disabled={isBusy}
              onClick={() => void look(found.text, found.messages, found.next)}
            >
              {words.more}
            </button>
          )}
        </div>
      )}
    </Dialog>
  );
}
