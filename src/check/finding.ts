import type { Again } from '../config/again.js';
import type { Settings } from '../options.js';

/** What a check has found. */
export interface Finding {
  readonly state: 'fine' | 'warning' | 'broken';
  /** What it is about, in a word or two. */
  readonly about: string;
  readonly text: string;
  /** What to do about it, in words or as a command. */
  readonly remedy?: string;
  /** Does it, where that is safe. Resolves with what was done. */
  readonly mend?: () => Promise<string>;
}

/** What is checked. */
export interface Subject {
  readonly settings: Settings;
  /** Where the server listens, or shall. */
  readonly place: { readonly ip: string; readonly port: number } | undefined;
  /** Other commands with the same options. */
  readonly again: Again;
}

/** The same check, which mends what it can. */
export function fixing({ place, again }: Subject): string {
  return again(['check', ...(place === undefined ? [] : [place.ip, `${place.port}`])], ['--fix']);
}

/** Looks at one thing. What cannot be looked at is a finding as well: it never rejects. */
export type Check = (subject: Subject) => Promise<readonly Finding[]>;

/** A finding that all is well. */
export function fine(about: string, text: string): Finding {
  return { state: 'fine', about, text };
}

/** A finding that something can go wrong. */
export function warning(about: string, text: string, remedy: string, mend?: Finding['mend']): Finding {
  return { state: 'warning', about, text, remedy, ...(mend && { mend }) };
}

/** A finding that a server would not work. */
export function broken(about: string, text: string, remedy: string, mend?: Finding['mend']): Finding {
  return { state: 'broken', about, text, remedy, ...(mend && { mend }) };
}
