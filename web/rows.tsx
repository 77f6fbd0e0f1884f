import type { ComponentChildren } from 'preact';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

/** Rows drawn beyond both edges. */
const MORE = 6;

interface Props<Item> {
  readonly items: readonly Item[];
  /** Of each row, in pixels. */
  readonly height: number;
  readonly label: string;
  readonly row: (item: Item) => ComponentChildren;
  readonly keyOf: (item: Item) => string;
}

/** A list of rows of one height, of which only those that can be seen are drawn. */
export function Rows<Item>({ items, height, label, row, keyOf }: Props<Item>) {
  const box = useRef<HTMLUListElement>(null);
  const [place, setPlace] = useState({ top: 0, room: 600 });
  const look = () => {
    const { current } = box;
    if (current === null) return;
    const next = { top: current.scrollTop, room: current.clientHeight };
    if (next.top !== place.top || next.room !== place.room) setPlace(next);
  };
  useLayoutEffect(() => {
    const { current } = box;
    if (current === null) return;
    const watch = new ResizeObserver(look);
    watch.observe(current);
    return () => watch.disconnect();
  });
  const first = Math.max(0, Math.floor(place.top / height) - MORE);
  const last = Math.min(items.length, Math.ceil((place.top + place.room) / height) + MORE);
  return (
    <ul class="rows" ref={box} aria-label={label} onScroll={look}>
      <li class="space" aria-hidden="true" style={{ height: `${first * height}px` }} />
      {items.slice(first, last).map((item, n) => (
        <li
          key={keyOf(item)}
          style={{ height: `${height}px` }}
          aria-setsize={items.length}
          aria-posinset={first + n + 1}
        >
          {row(item)}
        </li>
      ))}
      <li class="space" aria-hidden="true" style={{ height: `${(items.length - last) * height}px` }} />
    </ul>
  );
}
