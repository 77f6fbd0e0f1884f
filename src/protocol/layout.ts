import { quote } from '../json/dump.js';
import { compareUtf8 } from '../json/utf8.js';

/** A field of an object: its name, and the JSON text of its value for what the object is about; undefined for none. */
export interface Field<About> {
  readonly name: string;
  readonly text: (about: About) => string | undefined;
}

/**
 * Lays an object out, once: keys sorted as nlohmann's dump() sorts them, the last of equal ones wins
 * (PROTOCOL.md section 3).
 *
 * @returns what writes such an object
 */
export function layOut<About>(fields: readonly Field<About>[]): (about: About) => string {
  const last = new Map(fields.map((field) => [field.name, field]));
  const sorted = [...last.values()].sort((a, b) => compareUtf8(a.name, b.name));
  const members = sorted.map(({ name, text }) => ({ key: `${quote(name)}:`, text }));
  return (about) => {
    let out = '';
    for (const { key, text } of members) {
      const value = text(about);
      if (value !== undefined) out += out === '' ? key + value : `,${key}${value}`;
    }
    return `{${out}}`;
  };
}
