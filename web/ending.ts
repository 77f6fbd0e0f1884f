import { remember, remembered } from './settings.js';

/**
 * Tells the server that nobody logs in any more by what this browser has: a script cannot delete that cookie. Resolves with
 * whether the server knows; where it does not, it is told before the page is used again.
 *
 * @param everywhere so it is for the other browsers of the user, too
 */
export async function endLogin(everywhere = false): Promise<boolean> {
  remember('ending', everywhere ? 'everywhere' : 'here');
  try {
    const { ok } = await fetch(`logout${everywhere ? '?everywhere' : ''}`, { method: 'POST' });
    if (ok) remember('ending', undefined);
    return ok;
  } catch {
    return false;
  }
}

/** Tells the server what it was not told at a logout. Resolves when it knows, or cannot be reached. */
export async function endEarlierLogin(): Promise<void> {
  const left = remembered('ending');
  if (left !== null) await endLogin(left === 'everywhere');
}
