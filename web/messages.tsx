import { useEffect, useLayoutEffect, useMemo, useReducer, useRef, useState } from 'preact/hooks';
import { Bubble } from './bubble.js';
import { usePage } from './context.js';
import { Heights } from './heights.js';
import type { Message, Talk } from './model.js';
import type { Session } from './session.js';
import { dayName, dayOf, whenOf } from './times.js';
import type { Words } from './words.js';

/** So far from the end counts as at the end, and so far from the beginning older messages are read, in pixels. */
const NEAR = 60;
const BEGINNING = 400;

/** How far beyond both edges messages are drawn, in pixels. */
const MORE = 500;

/** The messages of a conversation. Only those that can be seen are drawn; a view that is at the end stays there. */
export function Messages({ talk }: { readonly talk: Talk }) {
  const { session, words } = usePage();
  const { messages } = talk;
  const box = useRef<HTMLDivElement>(null);
  const heights = useMemo(() => new Heights(), [talk]);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const place = useRef({ top: 0, room: 800, width: 0, isAtEnd: true });
  const [isBehind, setBehind] = useState(false);
  const keys = messages.map(({ n }) => n);
  const all = heights.lay(keys);
  const { top, room, isAtEnd } = place.current;
  const from = isAtEnd ? all - room : top;
  const first = heights.at(Math.max(0, from - MORE));
  const last = Math.min(messages.length, heights.at(from + room + MORE) + 1);
  /** The row that stays where it is when rows above it turn out higher or lower than they were taken to be. */
  const anchor = useRef<{ n: number; offset: number }>();

  const note = () => {
    const { current } = box;
    if (current === null) return;
    const { scrollTop, clientHeight, scrollHeight } = current;
    const isEnd = scrollHeight - scrollTop - clientHeight < NEAR;
    Object.assign(place.current, { top: scrollTop, room: clientHeight, isAtEnd: isEnd });
    const row = heights.at(scrollTop);
    anchor.current = { n: keys[row] ?? 0, offset: scrollTop - heights.top(row) };
    setBehind(!isEnd);
    if (isEnd && document.visibilityState === 'visible') session.read(talk);
    if (scrollTop < BEGINNING) void session.older(talk);
    redraw(undefined);
  };

  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    let isNews = false;
    for (const row of current.querySelectorAll<HTMLElement>('[data-n]'))
      isNews = heights.measured(Number(row.dataset.n), row.offsetHeight) || isNews;
    if (isNews) heights.lay(keys);
    if (place.current.isAtEnd) current.scrollTop = current.scrollHeight;
    else if (anchor.current !== undefined) {
      const row = keys.indexOf(anchor.current.n);
      const wanted = heights.top(row) + anchor.current.offset;
      if (row >= 0 && Math.abs(current.scrollTop - wanted) > 1 && isNews) current.scrollTop = wanted;
    }
    if (isNews) redraw(undefined);
  });

  useEffect(() => {
    const { current } = box;
    if (current === null) return;
    const watch = new ResizeObserver(() => {
      if (place.current.width !== current.clientWidth) heights.forget();
      place.current.width = current.clientWidth;
      place.current.room = current.clientHeight;
      redraw(undefined);
    });
    watch.observe(current);
    return () => watch.disconnect();
  }, [heights]);

  const toEnd = () => {
    place.current.isAtEnd = true;
    setBehind(false);
    session.read(talk);
    redraw(undefined);
  };

  return (
    <div class="messages">
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: who has no mouse scrolls it by the keyboard */}
      <div class="scroll" ref={box} onScroll={note} role="log" aria-label={words.messages} tabIndex={0}>
        {first === 0 && !talk.hasOlder && !session.past.hasOlder(talk) && (
          <p class="beginning">{beginningOf(session, talk, words)}</p>
        )}
        <div aria-hidden="true" style={{ height: `${heights.top(first)}px` }} />
        {messages.slice(first, last).map((message, n) => (
          <div key={message.n} data-n={message.n} class="line">
            {isNewDay(message, messages[first + n - 1]) && (
              <p class="day">
                <span>{dayName(whenOf(message), words)}</span>
              </p>
            )}
            <Bubble talk={talk} message={message} before={messages[first + n - 1]} />
          </div>
        ))}
        <div aria-hidden="true" style={{ height: `${Math.max(0, all - heights.top(last))}px` }} />
      </div>
      {isBehind && talk.unread > 0 && (
        <button type="button" class="below" onClick={toEnd}>
          {words.newMessages}
        </button>
      )}
    </div>
  );
}

function beginningOf({ past, model }: Session, talk: Talk, words: Words): string {
  if (past.isWhole(talk)) return words.beginningServer;
  return model.isForgetful ? words.beginningForgetful : words.beginning;
}

function isNewDay(message: Message, before: Message | undefined): boolean {
  return before === undefined || dayOf(whenOf(before)) !== dayOf(whenOf(message));
}
