import { parse } from '../json/parse.js';
import type { Change } from '../protocol/message.js';
import { localTime } from '../protocol/said.js';
import type { PassedOnFile } from './file.js';

/** The changes that a dialect's server makes in a document that it passes on. */
export function changeOf({ number, time, constants = {} }: PassedOnFile, typeKey: string): Change {
  const fixed = number === undefined ? constants : { ...constants, [typeKey]: number };
  const fields = Object.entries(fixed).map(
    ([name, value]) => [name, parse(Buffer.from(JSON.stringify(value)))] as const,
  );
  return (document) => {
    for (const [name, value] of fields) document.set(name, value);
    if (time !== undefined) document.set(time, localTime(new Date()));
    return document;
  };
}
