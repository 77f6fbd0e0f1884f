import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { broken, type Check, type Finding, fine } from './finding.js';

const ABOUT = 'port';
/** How long a server may take to answer, in ms. */
const PATIENCE = 5000;

/** Whether the port is free, or has a chat server on it already. */
export const checkPort: Check = async ({ place, settings }) => {
  if (place === undefined || place.port === 0) return [];
  const where = `${place.ip}:${place.port}`;
  const problem = await bind(place);
  if (problem === undefined) {
    if (!settings.running) return [fine(ABOUT, `${where} is free`)];
    return [broken(ABOUT, `nobody listens on ${where}`, 'start the server, or look into its log')];
  }
  if (problem !== 'EADDRINUSE') return [unusable(where, problem)];
  return [(await answers(place)) ? fine(ABOUT, `a chat server answers on ${where}`) : taken(where)];
};

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
async function bind({ ip, port }: { ip: string; port: number }): Promise<string | undefined> {
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
async function answers({ ip, port }: { ip: string; port: number }): Promise<boolean> {
  const host = ip === '0.0.0.0' ? '127.0.0.1' : ip === '::' ? '::1' : ip;
  const socket = connect({ host, port, timeout: PATIENCE });
  socket.on('timeout', () => socket.destroy(new Error('no answer')));
  try {
    await once(socket, 'connect');
    // Nobody has this id; a dialect that does not know the message says so, or drops it.
    socket.write('{"id":-2147483648,"msgid":1,"password":""}\0');
    const [bytes] = (await once(socket, 'data')) as [Buffer];
    return bytes.includes('{"');
  } catch {
    return false;
  } finally {
    socket.destroy();
  }
}
