import type { Again } from '../config/again.js';
import type { Settings } from '../options.js';

/** A result of a check. */
export interface Finding {
  readonly state: 'fine' | 'warning' | 'broken';
  /** The subject, in a word or two. */
  readonly about: string;
  readonly text: string;
  /** The remedy, in words or as a command. */
  readonly remedy?: string;
  /** Applies the remedy, where that is safe. Resolves with a line about it. */
  readonly mend?: () => Promise<string>;
}

/** One thing that is checked. */
export interface Subject {
  readonly settings: Settings;
  /** Where the server listens, or shall. */
  readonly place: { readonly ip: string; readonly port: number } | undefined;
  /** Other commands with the same options. */
  readonly again: Again;
}

/** The same check, which applies remedies that are safe. */
export function fixing({ place, again }: Subject): string {
  return again(['check', ...(place === undefined ? [] : [place.ip, `${place.port}`])], ['--fix']);
}

/** Looks at one thing. A thing that cannot be looked at is a finding as well: it never rejects. */
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
