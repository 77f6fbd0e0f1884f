import type { Test } from 'tap';
import { ChatClient } from '../../src/client/chat-client.js';
import { type Server, startServer } from '../harness/server.js';

/** A server with a page for browsers. */
export interface WebServer extends Server {
  /** Where the page is, with a slash at the end. */
  readonly url: string;
}

/** Starts one on free ports, with these options. See startServer. */
export async function startWebServer(
  options: readonly string[],
  ports: { readonly port?: number; readonly web?: number | string } = {},
): Promise<WebServer> {
  const server = await startServer([...options, '--web', String(ports.web ?? 0)], ports.port ?? 0);
  const [line] = await server.child.logged(/^\{.*"msg":"listening".*\}$/m);
  return { ...server, url: (JSON.parse(line) as { web: string }).web };
}

/** Starts one in memory that ends with the test. */
export async function serve(t: Test, options: readonly string[]): Promise<WebServer> {
  const server = await startWebServer(['--data', ':memory:', ...options]);
  t.teardown(() => server.child.stop('SIGKILL'));
  return server;
}

/** Registers somebody at a console, logged in, who ends with the test. */
export async function atConsole(t: Test, { port }: WebServer, name: string): Promise<ChatClient> {
  const client = await ChatClient.connect({ host: '127.0.0.1', port });
  t.teardown(() => client.close());
  await client.login(await client.register(name, 'pw'), 'pw');
  return client;
}
