import type { Message, Model, Talk } from './model.js';
import type { Session } from './session.js';
import { remember, remembered } from './settings.js';
import { harmlessLine } from './text.js';
import type { Words } from './words.js';

/** Whether the person has asked to be told, and the browser lets this page do it. */
export function isNotifying(): boolean {
  return remembered('notify') === 'yes' && 'Notification' in window && Notification.permission === 'granted';
}

/** Asks the browser whether this page may tell. Resolves with whether it may. */
export async function askToNotify(): Promise<boolean> {
  const isAllowed = 'Notification' in window && (await Notification.requestPermission()) === 'granted';
  remember('notify', isAllowed ? 'yes' : undefined);
  return isAllowed;
}

export function stopNotifying(): void {
  remember('notify', undefined);
}

/** How many messages are unread, in the title of the page. */
export function showCount(model: Model, words: Words): void {
  let count = 0;
  for (const { unread } of model.talks.values()) count += unread;
  document.title = count > 0 ? `(${count}) ${words.title}` : words.title;
}

/** Tells the person of a message whose conversation is not before his eyes. */
export function notifyOf(session: Session, message: Message, talk: Talk, words: Words): void {
  if (!isNotifying() || message.waited) return;
  if (document.visibilityState === 'visible' && session.model.open === talk.key) return;
  try {
    const told = new Notification(harmlessLine(talk.name || message.name || words.notified, 60), {
      body: harmlessLine(message.text, 120),
      tag: talk.key,
      icon: 'icon.svg',
    });
    told.onclick = () => {
      window.focus();
      void session.open(talk.key);
      told.close();
    };
  } catch {
    // Some browsers of phones tell by other means only.
  }
}
