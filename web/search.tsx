import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.js';
import { type Closing, Dialog } from './dialogs.js';
import type { Look, Place } from './finder.js';
import type { Message } from './model.js';
import { Problem } from './problem.js';
import { harmlessLine } from './text.js';
import { dayName, hoursOf, whenOf } from './times.js';
import type { Words } from './words.js';

/** The fewest characters that servers look for, and the most. */
const [FEWEST, MOST] = [2, 100];

/** At most this many characters of a message that was found are shown. */
const SHOWN = 300;

/** It is looked on until there are so many more messages, or so often. */
const [ENOUGH, MOST_LOOKS] = [20, 200];

/** What was found so far. */
interface Result {
  readonly messages: readonly Message[];
  readonly done: number;
  readonly all: number;
  readonly isOver: boolean;
}

const NOTHING: Result = { messages: [], done: 0, all: 0, isOver: false };

interface Props extends Closing {
  /** The conversation in which it is looked; undefined for all. */
  readonly talk?: Place;
}

/** Looks for a text in a conversation, or in all of them. */
export function Search({ talk, onClose }: Props) {
  const { session, words } = usePage();
  const [text, setText] = useState('');
  const [problem, setProblem] = useState('');
  const [isBusy, setBusy] = useState(false);
  const [result, setResult] = useState<Result>();
  const looking = useRef<AsyncGenerator<Look | undefined>>();
  useEffect(() => () => void looking.current?.return(undefined), []);

  const goOn = async (earlier: Result) => {
    const { current } = looking;
    if (current === undefined) return;
    setBusy(true);
    let found = earlier;
    const isEnough = () => found.messages.length - earlier.messages.length >= ENOUGH;
    for (let looks = 0; looks < MOST_LOOKS && !found.isOver && !isEnough(); looks++) {
      const { value, done } = await current.next();
      // The person has closed the dialog, or looks for something else.
      if (looking.current !== current) return;
      if (done !== true && value === undefined) {
        setProblem(words.unavailable);
        break;
      }
      found = value
        ? { ...found, ...value, messages: [...found.messages, ...value.messages] }
        : { ...found, isOver: true };
      setResult(found);
    }
    setBusy(false);
  };
  const submit = (event: Event) => {
    event.preventDefault();
    const wanted = text.trim();
    setProblem([...wanted].length < FEWEST ? words.searchShort : '');
    if ([...wanted].length < FEWEST) return;
    looking.current = session.finder.look(wanted, talk);
    setResult(NOTHING);
    void goOn(NOTHING);
  };
  const open = (message: Message) => {
    const { key, kind, id } = placeOf(message);
    session.talkWith(kind, id);
    void session.open(key);
    onClose();
  };
  const title = talk === undefined ? words.searchAll : words.searchMessages;
  return (
    <Dialog title={title} onClose={onClose}>
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
        {!session.finder.isServer && <small>{words.searchHere}</small>}
        <Problem text={problem} />
        <button type="submit">{words.find}</button>
      </form>
      {result !== undefined && (
        <div role="status">
          <p class="looked">
            {result.isOver && result.messages.length === 0
              ? words.nothingFound
              : talk === undefined && result.all > 1 && words.looked(result.done, result.all)}
          </p>
          {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the keyboard */}
          <ul class="found" tabIndex={0} aria-label={words.messages}>
            {result.messages.map((message) => (
              <li key={message.n}>
                <Hit message={message} {...(talk === undefined && { onOpen: () => open(message) })} />
              </li>
            ))}
          </ul>
          {!result.isOver && (
            <button type="button" class="second" disabled={isBusy} onClick={() => void goOn(result)}>
              {words.more}
            </button>
          )}
        </div>
      )}
    </Dialog>
  );
}

/** A message that was found. `onOpen` opens its conversation. */
function Hit({ message, onOpen }: { readonly message: Message; readonly onOpen?: () => void }) {
  const { session, words } = usePage();
  const from = harmlessLine(message.name, 60) || words.user(message.from);
  const when = `${dayName(whenOf(message), words)} ${hoursOf(whenOf(message))}`;
  const text = <p dir="auto">{harmlessLine(message.text, SHOWN)}</p>;
  if (onOpen === undefined)
    return (
      <>
        <small>{`${from} · ${when}`}</small>
        {text}
      </>
    );
  const { key, kind, id } = placeOf(message);
  const { talks, friends, groups } = session.model;
  const known = talks.get(key) ?? (kind === 'group' ? groups : friends).find((each) => each.id === id);
  const name = nameOf(kind, id, known?.name ?? '', words);
  return (
    <button type="button" class="row hit" onClick={onOpen}>
      <span class="text">
        <b>{name}</b>
        <small>{`${from} · ${when}`}</small>
        {text}
      </span>
    </button>
  );
}

function placeOf({ talk }: Message): Omit<Place, 'name'> {
  return { key: talk, kind: talk.startsWith('g') ? 'group' : 'user', id: Number(talk.slice(1)) };
}

function nameOf(kind: Place['kind'], id: number, name: string, words: Words): string {
  return harmlessLine(name, 60) || (kind === 'group' ? words.group(id) : words.user(id));
}
