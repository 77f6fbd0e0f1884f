import { once } from 'node:events';
import { createServer } from 'node:net';
import type { Address } from '../config/address.js';
import type { Settings } from '../options.js';
import { ask, type Manner } from './asking.js';
import { broken, type Check, type Finding, fine, type Subject, warning } from './finding.js';

type Where = NonNullable<Subject['place']>;

const ABOUT = 'port';

/** Whether the port is free, or has a chat server on it already. */
export const checkPort: Check = async ({ place, settings }) => {
  if (place === undefined || place.port === 0) return [];
  const where = `${place.ip}:${place.port}`;
  const problem = await bind(place);
  if (problem === undefined) return [fine(ABOUT, `${where} is free`), ...(await others(place.ip, settings))];
  if (problem !== 'EADDRINUSE') return [unusable(where, problem)];
  return [FOUND[await ask(place, settings)](where)];
};

/** Whether a server lives there. Nothing is listened on meanwhile: a server that starts finds its port free. */
export const checkRunning: Check = async ({ place, settings }) => {
  if (place === undefined) return [];
  const where = `${place.ip}:${place.port}`;
  const manner = await ask(place, settings);
  if (manner !== 'refuses') return [FOUND[manner](where)];
  return [broken(ABOUT, `nobody listens on ${where}`, 'start the server, or look into its log')];
};

/**
 * The finding about a port that somebody listens on. A server whose database is away is alive: ending it loses
 * messages.
 */
const FOUND: Readonly<Record<Manner, (where: string) => Finding>> = {
  answers: (where) => fine(ABOUT, `a chat server answers on ${where}`),
  unavailable: (where) =>
    warning(
      ABOUT,
      `a chat server answers on ${where}, but its database is away`,
      'bring the database back; do not stop the server meanwhile: it keeps what must be stored',
    ),
  'speaks otherwise': (where) =>
    broken(
      ABOUT,
      `${where} is taken by something that does not speak as a chat server`,
      'take another port; is the --dialect that of the server?',
    ),
  closes: (where) =>
    broken(
      ABOUT,
      `whoever listens on ${where} ends the connection without an answer`,
      'give the --proxy-from of the server if it has one; a proxy does this while its servers are down',
    ),
  silent: (where) =>
    broken(
      ABOUT,
      `whoever listens on ${where} does not answer`,
      'look into the log of the server if it is one, or else take another port',
    ),
  refuses: (where) =>
    broken(ABOUT, `${where} is taken, and cannot be connected to from here`, 'take another port'),
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
