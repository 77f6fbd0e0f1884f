/** The settings that this browser remembers of the page: nothing secret. */
const NAMES = {
  account: 'chat-account',
  language: 'chat-language',
  notify: 'chat-notify',
  /** Somebody has logged out, and the server has not been told yet. */
  ending: 'chat-ending',
} as const;

/** A remembered setting; null for none, and where the browser remembers nothing. */
export function remembered(name: keyof typeof NAMES): string | null {
  try {
    return localStorage.getItem(NAMES[name]);
  } catch {
    return null;
  }
}

/** Remembers a text, or forgets what was remembered. */
export function remember(name: keyof typeof NAMES, text: string | undefined): void {
  try {
    if (text === undefined) localStorage.removeItem(NAMES[name]);
    else localStorage.setItem(NAMES[name], text);
  } catch {
    // A browser that keeps nothing has said so at the login.
  }
}

/** Forgets all of it. */
export function forgetSettings(): void {
  for (const name of Object.keys(NAMES) as (keyof typeof NAMES)[]) remember(name, undefined);
}
