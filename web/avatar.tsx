import { harmlessLine } from './text.js';

/** How many colours there are; the style sheet has them. */
const COLOURS = 8;

interface Props {
  readonly id: number;
  readonly name: string;
  readonly isGroup?: boolean;
  /** Undefined where it is not known. */
  readonly online?: boolean | undefined;
}

/** A user's or group's sign: the first character of the name, on a colour of its own. */
export function Avatar({ id, name, isGroup = false, online }: Props) {
  const [first = '?'] = [...new Intl.Segmenter().segment(harmlessLine(name.trim(), 8))].map(
    ({ segment }) => segment,
  );
  const colour = ((id % COLOURS) + COLOURS) % COLOURS || 0;
  return (
    <span class={`avatar c${colour}${isGroup ? ' group' : ''}`} aria-hidden="true">
      {first.toUpperCase()}
      {online && <span class="dot" />}
    </span>
  );
}
