import { type Shape, shapeOf, typeKeyOf } from '../dialect/shapes.js';
import type { Verb } from '../protocol/verbs.js';
import type { Said, Session } from './session.js';

/** A request as it was heard, with what the server said next on its connection before the client spoke again. */
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

/** What clients asked for; undefined when nothing says what their messages are. */
export function hear(session: Session): Heard | undefined {
  const requests = session.of('client').map(({ document }) => document);
  const typeKey = typeKeyOf(requests);
  if (typeKey === undefined) return undefined;
  const kinds = new Map<number, Asked[]>();
  for (const [at, said] of session.said.entries()) {
    if (said.from !== 'client') continue;
    const number = Number(said.document[typeKey]);
    const shape = shapeOf(said.document, typeKey);
    const asked = { ...said, number, shape, at, answers: answersTo(session.said, at) };
    kinds.set(number, [...(kinds.get(number) ?? []), asked]);
  }
  return { typeKey, kinds: [...kinds].map(([number, asked]) => ({ number, asked })) };
}

function answersTo(said: readonly Said[], at: number): Said[] {
  const answers: Said[] = [];
  for (const later of said.slice(at + 1)) {
    if (later.connection !== said[at]?.connection) continue;
    if (later.from === 'client') break;
    answers.push(later);
  }
  return answers;
}

/** The verb that most requests of a kind look like. */
export function likeliest({ asked }: Kind): Verb {
  const counts = new Map<Verb, number>();
  for (const { shape } of asked) counts.set(shape.verb, (counts.get(shape.verb) ?? 0) + 1);
  const [most] = [...counts].sort(([, a], [, b]) => b - a);
  return most?.[0] ?? 'logout';
}
