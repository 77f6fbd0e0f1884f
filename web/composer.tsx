import { useEffect, useRef, useState } from 'preact/hooks';
import { usePage } from './context.js';
import type { Talk } from './model.js';
import { Problem } from './problem.js';

const EMOJI = [
  ...'😀😄😂🤣😊😍😘😎🤔😴😢😭😡😱🥳🤗👍👎👏🙏💪👋✌️🤝❤️💔🔥✨🎉🎂🎁🌹☕🍜🍺🚀💻📷✅❌❓❗'.matchAll(
    /\p{Emoji}\ufe0f?/gu,
  ),
].map(([emoji]) => emoji);

/** The code of a key while an input method composes. */
const COMPOSING = 229;

/** The most lines that the field grows to, in pixels. */
const MOST_HEIGHT = 180;

/** Where a message is written. Enter sends, Shift and Enter begins a line; Enter that ends a composition does neither. */
export function Composer({ talk }: { readonly talk: Talk }) {
  const { session, words } = usePage();
  const field = useRef<HTMLTextAreaElement>(null);
  const [text, setText] = useState(talk.draft);
  const [isPicking, setPicking] = useState(false);
  const [problem, setProblem] = useState('');
  const change = (next: string) => {
    talk.draft = next;
    setText(next);
    setProblem('');
  };
  useEffect(() => {
    if (matchMedia('(hover: hover)').matches) field.current?.focus();
  }, [talk]);
  useEffect(() => {
    const { current } = field;
    if (current === null) return;
    current.style.height = 'auto';
    current.style.height = `${Math.min(current.scrollHeight, MOST_HEIGHT)}px`;
  }, [text]);
  const send = () => {
    if (text.trim() === '') return;
    if (session.own.write(talk, text)) change('');
    else setProblem(words.tooLong);
  };
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Enter' || event.shiftKey || event.isComposing || event.keyCode === COMPOSING) return;
    event.preventDefault();
    send();
  };
  const pick = (emoji: string) => {
    const { selectionStart: at = text.length, selectionEnd: end = at } = field.current ?? {};
    change(text.slice(0, at) + emoji + text.slice(end));
    setPicking(false);
    field.current?.focus();
  };
  return (
    <form
      class="composer"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <Problem text={problem} />
      {isPicking && (
        // biome-ignore lint/a11y/useSemanticElements: a fieldset would be drawn as one
        <div class="emoji" role="group" aria-label={words.emoji}>
          {EMOJI.map((emoji) => (
            <button key={emoji} type="button" class="icon" onClick={() => pick(emoji)}>
              {emoji}
            </button>
          ))}
        </div>
      )}
      <button
        type="button"
        class="icon"
        aria-label={words.emoji}
        aria-expanded={isPicking}
        title={words.emoji}
        onClick={() => setPicking(!isPicking)}
      >
        ☺
      </button>
      <textarea
        ref={field}
        rows={1}
        value={text}
        placeholder={words.write}
        aria-label={words.write}
        onInput={({ currentTarget: { value } }) => change(value)}
        onKeyDown={key}
      />
      <button type="submit" disabled={text.trim() === ''}>
        {words.send}
      </button>
    </form>
  );
}
