import { Unsupported } from './abilities.js';
import { type ChatClient, ChatError, timestamp } from './chat-client.js';
import { addressed, type Command, commands, formOf, helpText, writtenBy } from './commands.js';
import type { Document } from './core/document.js';
import type { ChatMessage, Recalled } from './core/received.js';
import { Known } from './known.js';
import { type Addressed, type Line, readId, readLine, word } from './line.js';
import { ConnectionLost } from './link.js';
import type { Ask } from './more-commands.js';
import { type OwnMessage, OwnMessages } from './own-messages.js';
import { chatLine, loginScreen, refusal, registerRefusal, shownText, storedLines } from './screen.js';
import { Shown } from './shown.js';
import { EndOfInput, type Question, type Terminal } from './terminal.js';
import type { Words } from './words.js';

/** A message that follows a login, or another stored one, within this time was stored, too, in ms. */
const STORED_GAP = 1000;

/** The most characters that the column of names holds: a longer one is refused as one that is taken. */
const LONGEST_NAME = 50;

/** The user who was logged in when the connection was lost. */
export interface Account {
  readonly id: number;
  readonly password: string;
}

/** Where the user goes on: in the menu, or nowhere. */
type Next = 'menu' | 'out';

/** One user's conversation with the server: a menu, and commands once logged in. */
export class Session {
  /** The user who is logged in. */
  account: Account | undefined;
  readonly #client: ChatClient;
  readonly #terminal: Terminal;
  readonly #words: Words;
  readonly #known = new Known();
  readonly #shown = new Shown();
  readonly #own: OwnMessages;
  readonly #lost = new AbortController();
  #loginTime = '';
  #lastStored = 0;

  /** @param own what was written in the sessions before */
  constructor(client: ChatClient, terminal: Terminal, own = new OwnMessages()) {
    this.#client = client;
    this.#own = own;
    own.onRefused((error, message) => this.#isRefused(error, message));
    this.#terminal = terminal;
    this.#words = terminal.words;
    client.on('message', (message) => this.#receive(message));
    client.on('recalled', (recalled) => this.#heardRecalled(recalled));
    client.on('friend', ({ id, online }) => this.#heardOfFriend(id, online));
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
    await this.#ownEnd();
    await this.#client.close();
  }

  #receive(message: ChatMessage): void {
    const { document, time } = message;
    this.#known.message(message);
    const now = Date.now();
    // A sender's time is no proof where clocks differ, and neither is the gap where a group is busy.
    const stored = now - this.#lastStored < STORED_GAP && time < this.#loginTime;
    if (stored) this.#lastStored = now;
    const line = chatLine(document, this.#words);
    this.#shown.note(message, line);
    this.#terminal.print(line, stored ? 'stored' : 'message');
  }

  #heardRecalled(recalled: Recalled): void {
    const line = this.#shown.lineOf(recalled);
    const { takenBack, takenBackBy } = this.#words;
    this.#note(line === undefined ? takenBackBy(recalled.from) : takenBack(line));
  }

  #heardOfFriend(id: number, online: boolean): void {
    const { friendCame, friendWent } = this.#words;
    const name = this.#known.friend(id, online);
    if (name === undefined) return;
    this.#note(online ? friendCame(id, shownText(name)) : friendWent(id, shownText(name)));
  }

  /** A message that was written does not arrive. */
  #isRefused(error: ChatError | RangeError, { to }: OwnMessage): void {
    if (error instanceof RangeError) {
      this.#terminal.print(this.#words.tooLong(error));
      return;
    }
    const said = this.#words.nobodyGetsIt(refusal(error.document, this.#words));
    // The server knows better why, unless it is away by now.
    this.#whyNot(to).then(
      (why) => this.#note(why ?? said),
      () => this.#note(said),
    );
  }

  /** The user leaves: what it has written may still be on its way. */
  async #ownEnd(): Promise<void> {
    const { signal } = this.#lost;
    if (this.#own.open === 0) return;
    await this.#own.answered(signal);
    if (this.#own.open > 0) this.#note(this.#words.unconfirmed(this.#own.open));
    this.#own.forget();
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
    this.#terminal.print(this.#words.menu);
    const choice = word(await this.#ask(this.#words.choice, 'choice'));
    if (choice === '1') return this.#askLogin();
    if (choice === '2') await this.#register();
    else if (choice === '3' || choice === 'quit') return 'out';
    else if (choice !== 'help') this.#terminal.print(this.#words.invalidInput);
    return 'menu';
  }

  async #register(): Promise<void> {
    const name = await this.#ask(this.#words.username, 'choice');
    const password = await this.#ask(this.#words.password, 'secret');
    const id = await this.#granted(this.#client.register(name, password), registerRefusal);
    if (id === undefined) {
      if ([...name].length > LONGEST_NAME) this.#note(this.#words.longestName(LONGEST_NAME));
      return;
    }
    this.#terminal.print(this.#words.registered(id));
  }

  async #askLogin(): Promise<Next> {
    const id = readId(await this.#ask(this.#words.userid, 'choice'));
    const password = await this.#ask(this.#words.password, 'secret');
    if (id !== undefined) return this.#login({ id, password });
    this.#terminal.print(this.#words.useridNotNumber);
    return 'menu';
  }

  async #login(account: Account): Promise<Next> {
    const login = await this.#granted(this.#client.login(account.id, account.password), refusal);
    if (login === undefined) return 'menu';
    this.account = account;
    this.#known.login(login);
    for (const message of login.stored) this.#shown.note(message, chatLine(message.document, this.#words));
    this.#terminal.print(loginScreen(login.document, this.#words));
    const again = new Set(login.again?.map(({ document }) => chatLine(document, this.#words)));
    for (const line of storedLines(login.document, this.#words))
      if (!again.has(line)) this.#terminal.print(line, 'stored');
    // Nobody waits for it: the original never answers.
    if (this.#terminal.person) this.#client.abilities().catch(() => {});
    this.#own.loggedIn(account.id);
    if (this.#own.open > 0) this.#own.sendAgain(this.#client);
    this.#loginTime = timestamp();
    this.#lastStored = Date.now();
    this.#terminal.print(helpText(this.#words, this.#terminal.person));
    let next: Next | undefined;
    while (next === undefined) next = await this.#command(login.document);
    this.account = undefined;
    return next;
  }

  /** The server's answer, or undefined after telling that it refused, or would not take such a long document. */
  async #granted<T>(
    answer: Promise<T>,
    tell: (refused: Document, words: Words) => string,
  ): Promise<T | undefined> {
    try {
      return await answer;
    } catch (error) {
      if (error instanceof ChatError) this.#terminal.print(tell(error.document, this.#words));
      else if (error instanceof RangeError) this.#terminal.print(this.#words.tooLong(error));
      else throw error;
      return undefined;
    }
  }

  /** One command line. Resolves with where it leads, undefined when the user stays. */
  async #command(login: Document): Promise<Next | undefined> {
    const line = readLine(await this.#ask('', 'command'));
    const command = commands.get(line.name);
    if (command === undefined) this.#terminal.print(this.#words.invalidCommand);
    else if (command.ask && (await this.#isAnswered(command))) await this.#askServer(command.ask, line);
    else if (await this.#isWritten(command, line)) return undefined;
    else if (await this.#obey(command, line, login)) {
      if (command.hint !== undefined) this.#note(this.#words[command.hint]);
      // Nobody waits for it: the next line may be typed, and the connection may end.
      else this.#tellOfUnknown(command, line).catch(() => {});
      return command.leads;
    }
    return undefined;
  }

  /** Writes with a number, where the server answers that. False when the line is to be obeyed in another way. */
  async #isWritten(command: Command, line: Line): Promise<boolean> {
    const written = writtenBy(command, line);
    if (written === undefined || !this.#terminal.person) return false;
    try {
      if (!(await this.#client.abilities()).has('resume')) return false;
      this.#own.send(this.#client, written.to, written.text);
      return true;
    } catch (error) {
      // It is sent on the next connection.
      if (error instanceof ConnectionLost) this.#own.keep(written.to, written.text);
      throw error;
    }
  }

  /** A script, and a server that does not answer, get what the original gets, where it has that. */
  async #isAnswered({ send }: Command): Promise<boolean> {
    if (send === undefined) return true;
    return this.#terminal.person && (await this.#client.abilities()).has('abilities');
  }

  async #askServer(ask: Ask, line: Line): Promise<void> {
    try {
      const secret = (prompt: string) => this.#ask(prompt, 'secret');
      const answer = ask(line, this.#client, this.#words, secret, this.#own);
      if (answer === undefined) return this.#tellForm(line);
      const text = await this.#granted(answer, refusal);
      if (text !== undefined) this.#terminal.print(text);
    } catch (error) {
      if (!(error instanceof Unsupported)) throw error;
      this.#terminal.print(this.#words.unsupported);
    }
  }

  /** The line cannot be read. */
  #tellForm({ name }: Line): void {
    this.#terminal.print(this.#words.cannotBeRead(name));
    this.#note(formOf(name, this.#words));
  }

  /** Tells a person who writes to somebody of whom nothing is known what becomes of it, where that can be known. */
  async #tellOfUnknown(command: Command, line: Line): Promise<void> {
    const to = addressed(command, line);
    if (to === undefined || !this.#terminal.person || !this.#known.isNews(to)) return;
    if ((await this.#client.abilities()).has('abilities')) this.#note(await this.#whyNot(to));
    else this.#note(to.kind === 'user' ? this.#words.maybeNoUser(to.id) : this.#words.maybeNoGroup(to.id));
  }

  /** Why a message does not arrive, as the server says it; undefined when it does. */
  async #whyNot({ kind, id }: Addressed): Promise<string | undefined> {
    try {
      await (kind === 'user' ? this.#client.lookUp(id) : this.#client.group(id));
      return undefined;
    } catch (error) {
      if (!(error instanceof ChatError)) throw error;
      return this.#words.nobodyGetsIt(refusal(error.document, this.#words));
    }
  }

  /** Sends or shows what a command asks for. Resolves with false after telling that it cannot be read. */
  async #obey(command: Command, line: Line, login: Document): Promise<boolean> {
    if (command.leads !== undefined) await this.#ownEnd();
    const sending = command.send?.(line, this.#client);
    if (command.send && sending === undefined) {
      this.#tellForm(line);
      return false;
    }
    if (command.show) this.#terminal.print(command.show(login, this.#words));
    else if (line.name === 'help') this.#terminal.print(helpText(this.#words, this.#terminal.person));
    return this.#isSent(sending);
  }

  /** Waits until something is sent. Resolves with false after telling that it is longer than the server takes. */
  async #isSent(sending: Promise<void> | undefined): Promise<boolean> {
    try {
      await sending;
      return true;
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      this.#terminal.print(this.#words.tooLong(error));
      return false;
    }
  }
}
