import type { Socket } from 'node:net';
import { commands, cut, helpText, readId, type User } from './commands.js';
import {
  chatLine,
  type Document,
  loginError,
  loginScreen,
  MENU,
  readDocument,
  registerResult,
} from './screen.js';
import { documentStream } from './stream.js';
import { EndOfInput, type Terminal } from './terminal.js';

/** How long the server may take to close its side after the user is done, in milliseconds. */
const CLOSE_TIMEOUT = 5000;

/** One user's conversation with the server: a menu, and commands once logged in. */
export class Session {
  readonly #socket: Socket;
  readonly #terminal: Terminal;
  #answer: (reply: Document) => void = () => {};

  /** Takes a connected socket that nobody reads. */
  constructor(socket: Socket, terminal: Terminal) {
    this.#socket = socket;
    this.#terminal = terminal;
  }

  /**
   * Resolves when the user is done, what was typed has left and the server has closed, all it sent shown.
   * Rejects when the connection ends before the user is done.
   */
  async run(): Promise<void> {
    const closed = this.#receive();
    const lost = closed.then(() => {
      throw new Error('the connection to the server was lost');
    });
    await Promise.race([this.#menu(), lost]);
    this.#socket.end();
    const timer = setTimeout(() => this.#socket.destroy(), CLOSE_TIMEOUT);
    await closed;
    clearTimeout(timer);
  }

  /** Resolves when the socket has closed, for whatever reason. */
  #receive(): Promise<void> {
    const documents = documentStream();
    this.#socket.on('data', (chunk: Buffer) => {
      for (const text of documents(chunk)) this.#handle(readDocument(text));
    });
    this.#socket.on('error', () => {});
    return new Promise((resolve) => this.#socket.on('close', () => resolve()));
  }

  #handle(message: Document | undefined): void {
    if (message?.msgid === 6 || message?.msgid === 10) this.#terminal.print(chatLine(message));
    else if (message?.msgid === 2 || message?.msgid === 5) this.#answer(message);
  }

  /** Sends a message as the original client does: keys sorted, a NUL behind it. */
  async #send(message: Document): Promise<void> {
    const text = JSON.stringify(message, Object.keys(message).sort());
    if (this.#socket.write(`${text}\0`)) return;
    await new Promise((resolve) => this.#socket.once('drain', resolve));
  }

  async #request(message: Document): Promise<Document> {
    const reply = new Promise<Document>((resolve) => {
      this.#answer = resolve;
    });
    await this.#send(message);
    return reply;
  }

  /** Resolves when the user quits or the input ends. */
  async #menu(): Promise<void> {
    try {
      while (await this.#choice()) {}
    } catch (error) {
      if (!(error instanceof EndOfInput)) throw error;
    }
  }

  /** One turn of the menu. Resolves with false when the user quits. */
  async #choice(): Promise<boolean> {
    this.#terminal.print(MENU);
    const choice = (await this.#terminal.ask('choice:')).trim();
    if (choice === '1') await this.#login();
    else if (choice === '2') await this.#register();
    else if (choice !== '3') this.#terminal.print('invalid input!');
    return choice !== '3';
  }

  async #register(): Promise<void> {
    const name = await this.#terminal.ask('username:');
    const password = await this.#terminal.ask('userpassword:');
    this.#terminal.print(registerResult(await this.#request({ msgid: 4, name, password })));
  }

  async #login(): Promise<void> {
    const id = readId(await this.#terminal.ask('userid:'));
    const password = await this.#terminal.ask('userpassword:');
    if (id === undefined) return this.#terminal.print('userid must be a number!');
    const reply = await this.#request({ id, msgid: 1, password });
    if (reply.errno !== 0) return this.#terminal.print(loginError(reply));
    this.#terminal.print(loginScreen(reply));
    this.#terminal.print(helpText());
    const user = { id, name: String(reply.name) };
    while (await this.#command(user)) {}
  }

  /** One command line. Resolves with false when the user has logged out. */
  async #command(user: User): Promise<boolean> {
    const [name, rest = ''] = cut(await this.#terminal.ask(''));
    const command = commands.get(name);
    if (command === undefined) this.#terminal.print('invalid input command!');
    else if (command.message === undefined) this.#terminal.print(helpText());
    else {
      const message = command.message(rest, user);
      if (message === undefined) this.#terminal.print(`${name} command invalid!`);
      else await this.#send(message);
    }
    return name !== 'loginout';
  }
}
