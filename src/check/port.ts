import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import type { Address } from '../config/address.js';
import type { Settings } from '../options.js';
import { broken, type Check, type Finding, fine, type Subject } from './finding.js';
import { helloTo } from './hello.js';

type Where = NonNullable<Subject['place']>;

const ABOUT = 'port';
/** How long a server may take to answer, in ms. */
const PATIENCE = 5000;

/** Whether the port is free, or has a chat server on it already. */
export const checkPort: Check = async ({ place, settings }) => {
  if (place === undefined || place.port === 0) return [];
  const where = `${place.ip}:${place.port}`;
  const problem = await bind(place);
  if (problem === undefined) {
    if (!settings.running) return [fine(ABOUT, `${where} is free`), ...(await others(place.ip, settings))];
    return [broken(ABOUT, `nobody listens on ${where}`, 'start the server, or look into its log')];
  }
  if (problem !== 'EADDRINUSE') return [unusable(where, problem)];
  return [(await answers(place, settings)) ? fine(ABOUT, `a chat server answers on ${where}`) : taken(where)];
};

/** The ports beside the first one. Where a server runs already, they are its own. */
async function others(ip: string, { tls, admin }: Settings): Promise<Finding[]> {
  const wanted = [at(tls, ip), at(admin, '127.0.0.1')];
  return await Promise.all(wanted.flatMap((place) => (place === undefined ? [] : [other(place)])));
}

function at(address: Address | undefined, ip: string): Where | undefined {
  if (address === undefined || address.port === 0) return undefined;
  return { ip: address.ip ?? ip, port: address.port };
}

async function other(place: Where): Promise<Finding> {
  const where = `${place.ip}:${place.port}`;
  const problem = await bind(place);
  if (problem === undefined) return fine(ABOUT, `${where} is free`);
  return problem === 'EADDRINUSE'
    ? broken(ABOUT, `${where} is taken`, 'take another port')
    : unusable(where, problem);
}

function unusable(where: string, problem: string): Finding {
  const remedy =
    problem === 'EACCES'
      ? 'take a port above 1023, or give the program the right to (CAP_NET_BIND_SERVICE)'
      : 'take an address of this machine, or 0.0.0.0 for all of them';
  return broken(ABOUT, `${where} cannot be listened on: ${problem}`, remedy);
}

function taken(where: string): Finding {
  return broken(
    ABOUT,
    `${where} is taken by something that does not speak as a chat server`,
    'take another port',
  );
}

/** Why the port cannot be listened on; undefined when it can. */
async function bind({ ip, port }: Where): Promise<string | undefined> {
  const probe = createServer();
  try {
    probe.listen(port, ip);
    await once(probe, 'listening');
  } catch (error) {
    return String((error as NodeJS.ErrnoException).code);
  }
  probe.close();
  await once(probe, 'close');
}

/** Whether somebody there answers a login as a chat server does: with a document. */
async function answers({ ip, port }: Where, settings: Settings): Promise<boolean> {
  const host = ip === '0.0.0.0' ? '127.0.0.1' : ip === '::' ? '::1' : ip;
  const socket = connect({ host, port, timeout: PATIENCE });
  socket.on('timeout', () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'connect');
    socket.write(helloTo(host, settings));
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.includes('{"');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
