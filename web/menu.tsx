import type { ComponentChildren } from 'preact';
import { useEffect, useRef, useState } from 'preact/hooks';

interface Props {
  /** What a screen reader calls it. */
  readonly label: string;
  readonly sign: string;
  /** It opens above its sign: below there may be no room. */
  readonly isAbove?: boolean;
  readonly children: ComponentChildren;
}

/** A few actions behind a sign. Escape, a choice, and a click or focus elsewhere close it. */
export function Menu({ label, sign, isAbove = false, children }: Props) {
  const box = useRef<HTMLDetailsElement>(null);
  const [isOpen, setOpen] = useState(false);
  const close = () => {
    if (box.current !== null) box.current.open = false;
  };
  useEffect(() => {
    if (!isOpen) return;
    const leave = ({ target }: Event) => {
      if (target instanceof Node && box.current?.contains(target) === false) close();
    };
    document.addEventListener('pointerdown', leave);
    document.addEventListener('focusin', leave);
    return () => {
      document.removeEventListener('pointerdown', leave);
      document.removeEventListener('focusin', leave);
    };
  }, [isOpen]);
  const key = (event: KeyboardEvent) => {
    if (event.key !== 'Escape' || !isOpen) return;
    event.preventDefault();
    close();
    box.current?.querySelector('summary')?.focus();
  };
  return (
    <details
      ref={box}
      class={`menu${isAbove ? ' above' : ''}`}
      onToggle={({ currentTarget }) => setOpen(currentTarget.open)}
      onKeyDown={key}
    >
      <summary class="icon" aria-label={label} title={label}>
        {sign}
      </summary>
      {/* biome-ignore lint/a11y/useKeyWithClickEvents: the buttons in it are what is clicked */}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only hears that one of them was */}
      <div onClick={close}>{children}</div>
    </details>
  );
}
