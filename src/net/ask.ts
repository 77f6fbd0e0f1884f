/** Somebody's admin port: a name or an address, and a port. */
export interface AdminPort {
  readonly host: string;
  readonly port: number;
}

/** A question to an admin port. */
export interface Asked {
  readonly path: string;
  readonly method?: string;
  readonly body?: string;
  readonly token?: string;
}

/** No answer is longer unless it is said, in bytes. */
const MOST = 1 << 24;

/** Nobody answered, or not in time. */
export class NoAnswer extends Error {}

/** The port answered that it will not do it; its answer is the message. */
export class NotGranted extends Error {}

/** The URL of a place, without anything behind its port. */
export function urlOf({ host, port }: AdminPort): string {
  return `http://${host.includes(':') ? `[${host}]` : host}:${port}`;
}

/**
 * Asks an admin port. Resolves with the text of its answer. Rejects, in one line, with NoAnswer, also when the time
 * for an answer is over, or with NotGranted.
 *
 * @param most bytes of the answer, after it was unpacked
 */
export async function ask(
  place: AdminPort,
  asked: Asked,
  patience: number,
  most: number = MOST,
): Promise<string> {
  const { path, method = 'GET', body, token } = asked;
  // A timer of its own, as that of AbortSignal keeps no process alive: it would end without a word.
  const end = new AbortController();
  const timer = setTimeout(() => end.abort(new Error('it does not answer')), patience);
  try {
    const response = await fetch(`${urlOf(place)}/${path}`, {
      method,
      signal: end.signal,
      redirect: 'error',
      ...(token !== undefined && { headers: { authorization: `Bearer ${token}` } }),
      ...(body !== undefined && { body }),
    });
    const text = await textOf(response, most);
    if (!response.ok) throw new NotGranted(text.trim());
    return text;
  } catch (error) {
    if (error instanceof NotGranted) throw error;
    const { cause, message } = error as Error & { cause?: { code?: string; message?: string } };
    throw new NoAnswer(cause?.code ?? cause?.message ?? message);
  } finally {
    clearTimeout(timer);
  }
}

/** The text of an answer. Rejects when it is too long: then something else than an admin port listens there. */
async function textOf(response: Response, most: number): Promise<string> {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  for await (const chunk of response.body ?? []) {
    bytes += chunk.length;
    if (bytes > most) throw new Error('its answer is too long');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks).toString();
}
