import { createContext } from 'preact';
import { useContext } from 'preact/hooks';
import type { Session } from './session.js';
import { LANGUAGES, type Words } from './words.js';

/** The context that every part of the page needs. */
export interface Page {
  readonly session: Session;
  readonly words: Words;
  /** Changes the language. */
  switchLanguage(): void;
  /** Ends what this browser has of the user. */
  logOut(keepCopy: boolean, everywhere: boolean): Promise<void>;
}

export const PageContext = createContext<Page | undefined>(undefined);

/** The page that a part stands in. */
export function usePage(): Page {
  const page = useContext(PageContext);
  if (page === undefined) throw new Error('a part stands outside of the page');
  return page;
}

export { LANGUAGES };
