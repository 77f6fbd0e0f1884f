import { type Shape, shapeOf, typeKeyOf } from '../dialect/shapes.js';
import type { Verb } from '../protocol/verbs.js';
import { addTo } from './grouped.js';
import type { Said, Session } from './session.js';

/** A request as it was heard, with the server's next documents on its connection before the client spoke again. */
export interface Asked extends Said {
  readonly number: number;
  readonly shape: Shape;
  readonly answers: readonly Said[];
  /** Its place among all that was said. */
  readonly at: number;
}

/** All requests of one number. */
export interface Kind {
  readonly number: number;
  readonly asked: readonly Asked[];
}

/** The requests of a session by their numbers, in the order in which they came first. */
export interface Heard {
  readonly typeKey: string;
  readonly kinds: readonly Kind[];
}

/** The requests of clients; undefined when no field tells their kinds. */
export function hear(session: Session): Heard | undefined {
  const requests = session.of('client').map(({ document }) => document);
  const typeKey = typeKeyOf(requests);
  if (typeKey === undefined) return undefined;
  const kinds = new Map<number, Asked[]>();
  /** Of the last request on each connection. */
  const answers = new Map<number, Said[]>();
  for (const [at, said] of session.said.entries()) {
    if (said.from === 'server') {
      answers.get(said.connection)?.push(said);
      continue;
    }
    const number = Number(said.document[typeKey]);
    const own: Said[] = [];
    answers.set(said.connection, own);
    const asked = { ...said, number, shape: shapeOf(said.document, typeKey), at, answers: own };
    addTo(kinds, number, asked);
  }
  return { typeKey, kinds: [...kinds].map(([number, asked]) => ({ number, asked })) };
}

/** The kind of the next request on the same connection, by the place of a request; none for the last one. */
export function followers<K extends Kind>(kinds: readonly K[]): ReadonlyMap<number, K> {
  const all = kinds.flatMap((kind) => kind.asked.map(({ at, connection }) => ({ kind, at, connection })));
  const later = new Map<number, K>();
  const next = new Map<number, K>();
  for (const { kind, at, connection } of all.sort((a, b) => b.at - a.at)) {
    const follower = later.get(connection);
    if (follower !== undefined) next.set(at, follower);
    later.set(connection, kind);
  }
  return next;
}

/** The verb that most requests of a kind look like. */
export function likeliest({ asked }: Kind): Verb {
  const counts = new Map<Verb, number>();
  for (const { shape } of asked) counts.set(shape.verb, (counts.get(shape.verb) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? 'logout';
}
