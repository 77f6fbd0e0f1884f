import type { Look } from './terminal.js';

type Style = (text: string) => string;

const plain = (text: string) => text;
const dim = (text: string) => `\x1b[2m${text}\x1b[22m`;
const yellow = (text: string) => `\x1b[33m${text}\x1b[39m`;

/** How a person tells each kind of text apart. A sent line begins with the prompt of commands. */
const STYLES: Record<Look, Style> = {
  screen: plain,
  message: plain,
  stored: yellow,
  sent: dim,
  note: dim,
};

/** A text as it is printed on a terminal with or without colours. */
export function dress(text: string, look: Look, colours: boolean): string {
  return colours ? STYLES[look](text) : text;
}

/** Whether the terminal of this environment shows colours, and its user wants them. */
export function hasColours(env: NodeJS.ProcessEnv): boolean {
  return !env.NO_COLOR && env.TERM !== 'dumb';
}
