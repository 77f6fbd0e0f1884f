import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';

/** An error as a MySQL server sends it. */
export interface MysqlError {
  readonly number: number;
  readonly state: string;
}

/** A client's command to the server: its kind, and its text as latin1. */
export interface Command {
  readonly kind: 'query' | 'prepare' | 'execute' | 'other';
  readonly text: string;
}

const KINDS: Readonly<Record<number, Command['kind']>> = { 3: 'query', 22: 'prepare', 23: 'execute' };
const CLOSE_STATEMENT = 0x19;
const HEAD = 4;
/** No connection here prepares more statements than this. */
const MOST_STATEMENTS = 500;

type Answer = (command: Command) => MysqlError | undefined;

/** Stands between a node and its database, and answers with errors in the database's place; the command is not done. */
export class FailingProxy {
  readonly port: number;
  readonly #server: Server;
  readonly #joints = new Set<Joint>();
  /** The error for who connects. */
  #refusal: MysqlError | undefined;
  #answer: Answer = () => undefined;
  /** How many commands and connects were answered with an error. */
  failed = 0;

  static async start(target: number): Promise<FailingProxy> {
    const server = createServer();
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    return new FailingProxy(server, target);
  }

  private constructor(server: Server, target: number) {
    this.port = (server.address() as AddressInfo).port;
    this.#server = server;
    server.on('connection', (client) => {
      if (this.#refusal !== undefined) {
        this.failed++;
        client.on('error', () => client.destroy()).end(errorPacket(this.#refusal, 0));
        return;
      }
      const joint = new Joint(client, connect(target, '127.0.0.1'), (command) => this.#answerTo(command));
      this.#joints.add(joint);
      client.on('close', () => this.#joints.delete(joint));
    });
  }

  /** How many connections go through it. */
  get count(): number {
    return this.#joints.size;
  }

  /** Each client that connects from now on gets this error; undefined lets it in. */
  refuse(error: MysqlError | undefined): void {
    this.#refusal = error;
  }

  /** Says from now on which commands get an error. */
  fail(answer: Answer): void {
    this.#answer = answer;
  }

  /** The server forgets all statements that were prepared so far, as behind a proxy that has changed its connection. */
  forgetStatements(): void {
    for (const joint of this.#joints) joint.forget = true;
  }

  /** Ends all connections. */
  cut(): void {
    for (const joint of this.#joints) joint.end();
  }

  stop(): void {
    this.#server.close();
    this.cut();
  }

  #answerTo(command: Command): MysqlError | undefined {
    const error = this.#answer(command);
    if (error !== undefined) this.failed++;
    return error;
  }
}

/** One connection through the proxy. */
class Joint {
  forget = false;
  readonly #client: Socket;
  readonly #server: Socket;
  #unread: Buffer = Buffer.alloc(0);

  constructor(client: Socket, server: Socket, answer: Answer) {
    this.#client = client;
    this.#server = server;
    client.on('data', (data: Buffer) => {
      this.#unread = Buffer.concat([this.#unread, data]);
      for (let packet = this.#next(); packet !== undefined; packet = this.#next()) this.#pass(packet, answer);
    });
    server.on('data', (data) => client.write(data));
    for (const socket of [client, server]) {
      socket
        .setNoDelay(true)
        .on('error', () => this.end())
        .on('close', () => this.end());
    }
  }

  end(): void {
    this.#client.destroy();
    this.#server.destroy();
  }

  #next(): Buffer | undefined {
    if (this.#unread.length < HEAD) return undefined;
    const end = HEAD + this.#unread.readUIntLE(0, 3);
    if (this.#unread.length < end) return undefined;
    const packet = this.#unread.subarray(0, end);
    this.#unread = this.#unread.subarray(end);
    return packet;
  }

  /** Only commands have the number 0: not what belongs to the login. */
  #pass(packet: Buffer, answer: Answer): void {
    const isCommand = packet[3] === 0;
    const error = isCommand ? answer(commandIn(packet)) : undefined;
    if (error !== undefined) {
      this.#client.write(errorPacket(error, 1));
      return;
    }
    if (isCommand && this.forget) this.#forgetAll();
    this.#server.write(packet);
  }

  #forgetAll(): void {
    this.forget = false;
    for (let id = 1; id <= MOST_STATEMENTS; id++) {
      const payload = Buffer.alloc(5);
      payload[0] = CLOSE_STATEMENT;
      payload.writeUInt32LE(id, 1);
      this.#server.write(packetOf(payload, 0));
    }
  }
}

function commandIn(packet: Buffer): Command {
  return { kind: KINDS[packet[HEAD] ?? 0] ?? 'other', text: packet.toString('latin1', HEAD + 1) };
}

function errorPacket({ number, state }: MysqlError, sequence: number): Buffer {
  const payload = Buffer.from(`\xff..#${state}made by a test`, 'latin1');
  payload.writeUInt16LE(number, 1);
  return packetOf(payload, sequence);
}

function packetOf(payload: Buffer, sequence: number): Buffer {
  const head = Buffer.alloc(HEAD);
  head.writeUIntLE(payload.length, 0, 3);
  head[3] = sequence;
  return Buffer.concat([head, payload]);
}
