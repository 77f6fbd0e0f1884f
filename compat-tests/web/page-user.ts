import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { DEADLINE, until, untilSilent } from '../harness/deadline.js';

/** The parts of a message that this browser keeps. */
export interface Kept {
  readonly n: number;
  readonly text: string;
  readonly talk: string;
  readonly way?: string;
  readonly waited: boolean;
}

/** Opens the copy of a user; none where the page has made none yet: who asks too early makes no database. A text: it runs in the page. */
const OPENED = `(id) => new Promise((resolve, reject) => {
  const opened = indexedDB.open('chat-' + id);
  let isThere = true;
  opened.onupgradeneeded = () => {
    isThere = false;
    opened.transaction.abort();
  };
  opened.onerror = () => (isThere ? reject(opened.error) : resolve(undefined));
  opened.onsuccess = () => resolve(opened.result);
})`;

/** Reads the copy of a user in the browser, in its order. A text: it runs in the page. */
const COPY = `async (id) => {
  const db = await (${OPENED})(id);
  if (db === undefined) return [];
  const all = db.transaction('messages').objectStore('messages').getAll();
  await new Promise((resolve) => (all.onsuccess = resolve));
  db.close();
  return all.result;
}`;

/** The newest so many messages of it, newest first. A text: it runs in the page. */
const NEWEST = `async (id, most) => {
  const db = await (${OPENED})(id);
  if (db === undefined) return [];
  const found = [];
  const newest = db.transaction('messages').objectStore('messages').openCursor(null, 'prev');
  await new Promise((resolve) => {
    newest.onsuccess = () => {
      const cursor = newest.result;
      if (cursor === null || found.length === most) return resolve();
      found.push(cursor.value);
      cursor.continue();
    };
  });
  db.close();
  return found;
}`;

/** A browser without a network says so in its console, whatever the page does. */
const NETWORK = /WebSocket connection to|net::ERR_|Failed to load resource/;

/** Keeps the page's newest WebSocket where a test finds it. A text: it runs in the page. */
const SHOW_SOCKET = `globalThis.WebSocket = class extends WebSocket {
  constructor(...given) {
    super(...given);
    globalThis.newestSocket = this;
  }
};`;

/** Closes the page's connection and sends what stands in the field in the same task. A text: it runs in the page. */
const SEND_CLOSING = `newestSocket.close();
document.querySelector('.composer textarea').dispatchEvent(
  new KeyboardEvent('keydown', { key: 'Enter', bubbles: true, cancelable: true }),
);`;

/** Logs out in a tab. */
export async function logOut(page: Page): Promise<void> {
  await page.getByLabel('Menu').first().click();
  await page.getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('dialog').getByRole('button', { name: 'Log out' }).click();
  await page.getByRole('button', { name: 'Log in', exact: true }).waitFor();
}

/** A person at the page. */
export class PageUser {
  readonly page: Page;
  readonly context: BrowserContext;
  /** The errors of the page. */
  readonly wrong: string[] = [];
  /** The hosts that the page has asked. */
  readonly asked = new Set<string>();
  id = 0;

  private constructor(context: BrowserContext, page: Page) {
    this.context = context;
    this.page = page;
    page.setDefaultTimeout(DEADLINE);
    page.on('request', (request) => this.asked.add(new URL(request.url()).host));
    page.on('pageerror', (error) => this.wrong.push(error.stack ?? error.message));
    page.on('console', (message) => {
      if (['error', 'warning'].includes(message.type()) && !NETWORK.test(message.text()))
        this.wrong.push(message.text());
    });
  }

  /** Opens the page in a browser of its own. */
  static async open(browser: Browser, url: string, options: object = {}): Promise<PageUser> {
    const context = await browser.newContext({ locale: 'en-US', ...options });
    await context.addInitScript(SHOW_SOCKET);
    const user = new PageUser(context, await context.newPage());
    await user.page.goto(url);
    return user;
  }

  /** Registers, and is logged in. With `isOwn` the browser keeps a copy. */
  async register(name: string, isOwn = true): Promise<void> {
    const { page } = this;
    await page.getByRole('button', { name: 'New here? Register' }).click();
    await page.getByLabel('Name').fill(name);
    await page.getByLabel('Password').fill('pw');
    if (isOwn) await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Register', exact: true }).click();
    await page.locator('.sidebar').waitFor();
    const said = await page.locator('.sidebar .who small').textContent();
    this.id = Number(/\d+/.exec(said ?? '')?.[0]);
  }

  /** Logs in who is known by this number, or name. */
  async logIn(who: string, password = 'pw', isOwn = true): Promise<void> {
    const { page } = this;
    await page.locator('form input').first().fill(who);
    await page.getByLabel('Password').fill(password);
    if (isOwn) await page.getByRole('checkbox').check();
    await page.getByRole('button', { name: 'Log in', exact: true }).click();
  }

  /** Adds a friend, which opens the conversation. */
  async addFriend(who: string): Promise<void> {
    await this.page.getByRole('button', { name: 'Add a friend' }).first().click();
    await this.answer([who], 'Add');
    // A number may have been typed in digits of another width.
    await this.conversation(who.normalize('NFKC')).waitFor();
  }

  /** Makes a group. Resolves with its number. */
  async createGroup(name: string, description: string): Promise<number> {
    const { page } = this;
    await page.getByRole('button', { name: 'Groups', exact: true }).click();
    await page.getByRole('button', { name: 'Make a group' }).click();
    await this.answer([name, description], 'Make it');
    const said = await this.conversation(name).locator('small').textContent();
    return Number(/\d+/.exec(said ?? '')?.[0]);
  }

  async joinGroup(id: number): Promise<void> {
    await this.page.getByRole('button', { name: 'Groups', exact: true }).click();
    await this.page.getByRole('button', { name: 'Join a group' }).click();
    await this.answer([String(id)], 'Join');
    await this.conversation(String(id)).waitFor();
  }

  /** Opens a conversation in the list. */
  async talk(name: string | RegExp): Promise<void> {
    await this.page.getByRole('button', { name: /^Chats/ }).click();
    await this.page.locator('.row', { hasText: name }).first().click();
    // Text that is typed before goes into the conversation that was open.
    await this.page.locator('.row[aria-current=true]', { hasText: name }).first().waitFor();
  }

  /** Writes into the open conversation. */
  async write(text: string): Promise<void> {
    const field = this.page.locator('.composer textarea');
    await field.fill(text);
    await field.press('Enter');
  }

  /** Writes into the open conversation at the moment when the connection has begun to close. */
  async writeWhileClosing(text: string): Promise<void> {
    await this.page.locator('.composer textarea').fill(text);
    await this.page.evaluate(SEND_CLOSING);
  }

  /** Resolves when a text is to be seen in the open conversation. */
  async sees(text: string): Promise<void> {
    await this.page.locator('.words', { hasText: text }).last().waitFor();
  }

  /** All that the browser has kept. */
  kept(): Promise<Kept[]> {
    return this.page.evaluate(`(${COPY})(${this.id})`) as Promise<Kept[]>;
  }

  /** Resolves when the browser has kept a message with this text, among the newest hundred. */
  async has(text: string): Promise<void> {
    let last = 0;
    const isThere = async () => {
      const newest = (await this.page.evaluate(`(${NEWEST})(${this.id}, 100)`)) as Kept[];
      last = newest[0]?.n ?? 0;
      return newest.some((message) => message.text === text);
    };
    await untilSilent(isThere, () => last, `${text} to be kept`);
  }

  /** The network is back: what waits to connect does so now. */
  async isBack(): Promise<void> {
    await this.page.evaluate("dispatchEvent(new Event('online'))");
  }

  /** Resolves when the server has all that was written here. */
  async hasSent(): Promise<void> {
    const isOver = async () => (await this.kept()).every(({ way }) => way === undefined || way === 'sent');
    await until(isOver, 'all messages to be sent');
  }

  /** The head of the open conversation, once it is the one with this name or number: a dialog ends before it is drawn. */
  private conversation(who: string): Locator {
    const { page } = this;
    const named = page.locator('h1').getByText(who, { exact: true });
    const numbered = page.locator('small').getByText(new RegExp(`^${who}( ·|$)`));
    return page.locator('.conversation .who').filter({ has: named.or(numbered) });
  }

  private async answer(texts: readonly string[], action: string): Promise<void> {
    const dialog = this.page.locator('dialog');
    for (const [n, text] of texts.entries()) await dialog.locator('input').nth(n).fill(text);
    await dialog.getByRole('button', { name: action, exact: true }).click();
    await dialog.waitFor({ state: 'detached' });
  }
}
