import { Child } from './child.js';
import { listens } from './listens.js';

/** A chat server as a process of its own. */
export interface Server {
  readonly child: Child;
  readonly port: number;
}

/** The program that is tested. */
const PROGRAM = 'dist/main.js';

/**
 * Starts our server on a free port of 127.0.0.1, with these options. Resolves when it is ready; rejects, with its log,
 * when it ends before that or is not ready in time, and leaves none behind.
 *
 * @param node options of Node itself
 * @param program another one, as of the version before
 */
export async function startServer(
  options: readonly string[],
  port = 0,
  node: readonly string[] = [],
  program = PROGRAM,
): Promise<Server> {
  const child = new Child(process.execPath, [...node, program, '127.0.0.1', `${port}`, ...options]);
  try {
    const [line] = await child.logged(/^\{.*"msg":"listening".*\}$/m);
    return { child, port: (JSON.parse(line) as { port: number }).port };
  } catch (error) {
    await child.stop('SIGKILL');
    throw error;
  }
}

/** Starts an original: the path of its binary, and a port that is free. Resolves when it listens. */
export async function startOriginal(binary: string, port: number): Promise<Server> {
  const child = new Child(binary, ['127.0.0.1', `${port}`]);
  await child.orEnded(listens(port), `listen on port ${port}`);
  return { child, port };
}
