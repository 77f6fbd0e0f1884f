import type { Server } from './server.js';

/**
 * A number that a server with `--admin 0` counts now.
 *
 * @param line the name of a metric, with its labels if it has some
 * @returns NaN when there is no such metric
 */
export async function metric({ child }: Pick<Server, 'child'>, line: string): Promise<number> {
  const [, port] = await child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  const body = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
  const found = body.split('\n').find((text) => text.startsWith(`${line} `));
  return Number(found?.slice(line.length) ?? Number.NaN);
}
