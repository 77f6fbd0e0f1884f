import type { Connection, ConnectionHost } from '../net/connection.js';
import type { Request } from '../protocol/dialect.js';
import type { Message } from '../protocol/message.js';
import { type Store, StoreUnavailable } from '../store/store.js';
import type { DocumentStream } from './documents.js';
import type { Logins, Token } from './logins.js';
import type { Tab } from './tabs.js';

/** The facts that a browser has told of itself when it connects. */
export interface Intent {
  /** It shows this to log in without a password: to a login with an empty one. */
  readonly resume?: Token;
  /** It wants to log in so later: by this, which it was given. */
  readonly keep?: Token;
  /** What it was given before, and has no more: it would be worth a login for nobody but who has a copy of it. */
  readonly replaced?: Token;
  readonly tab: Tab;
}

/** The parts of the server that a visitor needs. */
export interface VisitorHost {
  readonly connections: ConnectionHost;
  readonly store: Store;
  readonly logins: Logins;
  /** The database does not keep logins. */
  cannotKeep(reason: string): void;
}

/**
 * One connection of a browser: its documents are handled as those of any client are.
 *
 * 1. A login with an empty password is given the user's own where the browser shows a token of that user.
 * 2. After a login with a password the token that the browser was given is worth a login. The one that it had before is not,
 *    from the first login on, whoever logs in.
 *    A token that it only shows is never made worth more than it was: somebody else may have put it there.
 * 3. `stream` is told of each document when it is done with, until its tab has another connection: what is done with later
 *    would count for what that one brings.
 */
export class Visitor {
  private readonly host: VisitorHost;
  private readonly intent: Intent;
  /** What it comes by. */
  readonly stream: DocumentStream;
  private readonly visit: number;
  private replaced: Token | undefined;
  private working: Promise<void> | undefined;
  private quiet: Promise<void> | undefined;

  /** @param intent with a tab that has entered by this connection */
  constructor(host: VisitorHost, intent: Intent, stream: DocumentStream) {
    this.host = host;
    this.intent = intent;
    this.replaced = intent.replaced;
    this.stream = stream;
    this.visit = intent.tab.visits;
  }

  /** Handles a message. Never rejects, as what it is given does not. */
  handle(connection: Connection, message: Message): void | Promise<void> {
    const work = this.isLogin(message)
      ? this.logIn(connection, message)
      : this.host.connections.handle(connection, message);
    if (work === undefined) this.handled(connection);
    else {
      this.working = work.then(() => {
        this.working = undefined;
        this.handled(connection);
      });
    }
    return this.working;
  }

  /** One document more is done with when nothing of this client is being published or stored. */
  handled(connection: Connection): void {
    const { tab } = this.intent;
    if (tab.visits !== this.visit) return;
    const count = ++tab.received;
    const quiet = connection.quiet();
    if (quiet === undefined) this.done(count);
    else this.quiet = quiet.then(() => this.done(count));
  }

  /** Its connection is gone: the tab has left once all that has come is done with. */
  async left(): Promise<void> {
    await this.working;
    await this.quiet;
    this.intent.tab.left(this.stream);
  }

  private done(count: number): void {
    const { tab } = this.intent;
    if (tab.visits !== this.visit) return;
    tab.handled = Math.max(tab.handled, count);
    this.stream.tellHandled(tab.handled);
  }

  private isLogin(message: Message): boolean {
    return this.requestOf(message)?.verb === 'login';
  }

  private requestOf(message: Message): Request | undefined {
    try {
      return this.host.connections.dialect.requests.get(message.int('msgid'));
    } catch {
      // It is refused by who handles it.
      return undefined;
    }
  }

  private async logIn(connection: Connection, message: Message): Promise<void> {
    const password = this.passwordOf(message);
    const { resume, keep } = this.intent;
    await this.endReplaced();
    if (password === '' && resume !== undefined) {
      if (!(await this.resume(connection, message, resume))) return;
    }
    const before = new Set(connection.users);
    await this.host.connections.handle(connection, message);
    const entered = [...connection.users].find((id) => !before.has(id));
    if (entered === undefined) return;
    if (keep !== undefined)
      await this.unlessAway(() => this.host.logins.keep(keep, entered, this.passwordOf(message)));
    else if (resume !== undefined) await this.unlessAway(() => this.host.logins.prolong(resume, entered));
  }

  private passwordOf(message: Message): string {
    const fields = message.fields;
    try {
      message.fields = this.requestOf(message)?.fields ?? fields;
      return message.text('password');
    } catch {
      return '';
    } finally {
      message.fields = fields;
    }
  }

  /** Puts the password into a login whose token is good. False when it was answered: the database is away. */
  private async resume(connection: Connection, message: Message, token: Token): Promise<boolean> {
    const { connections, store } = this.host;
    const request = this.requestOf(message);
    try {
      const found = await this.host.logins.find(token);
      if (found === undefined || request === undefined) return true;
      const fields = message.fields;
      message.fields = request.fields;
      const id = request.byName ? await store.idOf(message.text('name')) : message.int('id');
      if (id === found.userid) message.setText('password', found.password);
      message.fields = fields;
      return true;
    } catch (error) {
      // A field that cannot be read is refused by who handles it.
      if (!(error instanceof StoreUnavailable)) return true;
      const reply = connections.dialect.replies.write('login', 'unavailable', {}, message);
      if (reply !== undefined) connection.reply(reply);
      return false;
    }
  }

  /** Whoever logs in now: the browser has something else in the place of what it had. */
  private async endReplaced(): Promise<void> {
    const { replaced } = this;
    this.replaced = undefined;
    if (replaced !== undefined) await this.unlessAway(() => this.host.logins.end(replaced, false));
  }

  private async unlessAway(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      this.host.cannotKeep(error instanceof Error ? error.message : String(error));
    }
  }
}
