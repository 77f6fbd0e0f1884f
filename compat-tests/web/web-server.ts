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
