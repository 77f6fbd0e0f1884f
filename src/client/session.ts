import { type ChatClient, ChatError, timestamp } from './chat-client.js';
import { type Command, commands, helpText } from './commands.js';
import type { Document } from './document.js';
import { type Line, readId, readLine, word } from './line.js';
import type { ChatMessage } from './received.js';
import { chatLine, loginScreen, MENU, refusal, registerRefusal, storedLines } from './screen.js';
import { EndOfInput, type Question, type Terminal } from './terminal.js';

/** A message that follows a login, or another stored one, within so many milliseconds was stored too. */
const STORED_GAP = 1000;

/** The most characters that the column of names holds: a longer one is refused as one that is taken. */
const LONGEST_NAME = 50;

/** Who was logged in when the connection was lost. */
export interface Account {
  readonly id: number;
  readonly password: string;
}

/** Where the user goes on: in the menu, or nowhere. */
type Next = 'menu' | 'out';

/** One user's conversation with the server: a menu, and commands once logged in. */
export class Session {
  /** Who is logged in. */
  account: Account | undefined;
  readonly #client: ChatClient;
  readonly #terminal: Terminal;
  readonly #lost = new AbortController();
  #loginTime = '';
  #lastStored = 0;

  constructor(client: ChatClient, terminal: Terminal) {
    this.#client = client;
    this.#terminal = terminal;
    client.on('message', (message) => this.#receive(message));
    client.on('close', (lost) => this.#lost.abort(lost));
  }

  /**
   * Resolves when the user is done, what was typed has left and the server has closed, all it sent shown.
   * Rejects with ConnectionLost when the connection ends before the user is done.
   *
   * @param account who logs in at once, without the menu
   */
  async run(account?: Account): Promise<void> {
    try {
      let next = account ? await this.#login(account) : 'menu';
      while (next !== 'out') next = await this.#choice();
    } catch (error) {
      if (!(error instanceof EndOfInput)) throw error;
    }
    await this.#client.close();
  }

  #receive({ document, time }: ChatMessage): void {
    const now = Date.now();
    // A sender's time is no proof where clocks differ, and neither is the gap where a group is busy.
    const stored = now - this.#lastStored < STORED_GAP && time < this.#loginTime;
    if (stored) this.#lastStored = now;
    this.#terminal.print(chatLine(document), stored ? 'stored' : 'message');
  }

  #ask(prompt: string, question: Question): Promise<string> {
    return this.#terminal.ask(prompt, question, this.#lost.signal);
  }

  /** Tells a person what the original does not. */
  #note(text: string | undefined): void {
    if (text !== undefined && this.#terminal.person) this.#terminal.print(text, 'note');
  }

  /** One turn of the menu. */
  async #choice(): Promise<Next> {
    this.#terminal.print(MENU);
    const choice = word(await this.#ask('choice:', 'choice'));
    if (choice === '1') return this.#askLogin();
    if (choice === '2') await this.#register();
    else if (choice === '3' || choice === 'quit') return 'out';
    else if (choice !== 'help') this.#terminal.print('invalid input!');
    return 'menu';
  }

  async #register(): Promise<void> {
    const name = await this.#ask('username:', 'choice');
    const password = await this.#ask('userpassword:', 'secret');
    const id = await this.#granted(this.#client.register(name, password), registerRefusal);
    if (id === undefined) {
      if ([...name].length > LONGEST_NAME) this.#note(`a name has at most ${LONGEST_NAME} characters`);
      return;
    }
    this.#terminal.print(`name register success, userid is ${id}, do not forget it!`);
  }

  async #askLogin(): Promise<Next> {
    const id = readId(await this.#ask('userid:', 'choice'));
    const password = await this.#ask('userpassword:', 'secret');
    if (id !== undefined) return this.#login({ id, password });
    this.#terminal.print('userid must be a number!');
    return 'menu';
  }

  async #login(account: Account): Promise<Next> {
    const login = await this.#granted(this.#client.login(account.id, account.password), refusal);
    if (login === undefined) return 'menu';
    this.account = account;
    this.#terminal.print(loginScreen(login.document));
    for (const line of storedLines(login.document)) this.#terminal.print(line, 'stored');
    this.#loginTime = timestamp();
    this.#lastStored = Date.now();
    this.#terminal.print(helpText(this.#terminal.person));
    let next: Next | undefined;
    while (next === undefined) next = await this.#command(login.document);
    this.account = undefined;
    return next;
  }

  /** What the server answers, or undefined after telling that it refused, or that it would not take so much. */
  async #granted<T>(answer: Promise<T>, tell: (refused: Document) => string): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ChatError) this.#terminal.print(tell(error.document));
      else if (error instanceof RangeError) this.#terminal.print(error.message);
      else throw error;
      return undefined;
    }
  }

  /** One command line. Resolves with where it leads, undefined when the user stays. */
  async #command(login: Document): Promise<Next | undefined> {
    const line = readLine(await this.#ask('', 'command'));
    const command = commands.get(line.name);
    if (command === undefined) this.#terminal.print('invalid input command!');
    else if (await this.#obey(command, line, login)) {
      this.#note(command.hint);
      return command.leads;
    }
    return undefined;
  }

  /** Sends or shows what a command asks for. Resolves with false after telling that it cannot be read. */
  async #obey(command: Command, line: Line, login: Document): Promise<boolean> {
    const sending = command.send?.(line, this.#client);
    if (command.send && sending === undefined) {
      this.#terminal.print(`${line.name} command invalid!`);
      this.#note(command.help);
      return false;
    }
    if (command.show) this.#terminal.print(command.show(login));
    else if (line.name === 'help') this.#terminal.print(helpText(this.#terminal.person));
    return this.#isSent(sending);
  }

  /** Waits until something is sent. Resolves with false after telling that it is longer than the server takes. */
  async #isSent(sending: Promise<void> | undefined): Promise<boolean> {
    try {
      await sending;
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#terminal.print(error.message);
      return false;
    }
  }
}
