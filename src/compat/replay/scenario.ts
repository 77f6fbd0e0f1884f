import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { z } from 'zod';
import { packageFile, packageText } from '../../ops/package.js';

const FOLDER = 'fixtures/scenarios';

const bytes = z
  .union([z.strictObject({ text: z.string() }), z.strictObject({ hex: z.string() })])
  .transform((value) => ('text' in value ? Buffer.from(value.text) : Buffer.from(value.hex, 'hex')));

const then = z.record(z.string(), z.array(z.union([bytes, z.literal('EOF')])));

const cell = z.union([z.number(), z.string(), z.null(), z.strictObject({ hex: z.string() })]);
const rows = z.array(z.record(z.string(), cell));
const tables = z.strictObject({
  user: rows,
  friend: rows,
  allgroup: rows,
  groupuser: rows,
  offlinemessage: rows,
});

const conn = z.string();
const node = z.number();
const silent = z.discriminatedUnion('do', [
  z.strictObject({ do: z.literal('connect'), conn, node }),
  z.strictObject({ do: z.literal('expect-db'), note: z.string(), tables }),
]);
const answered = z
  .discriminatedUnion('do', [
    z.strictObject({ do: z.literal('send'), conn, bytes, then }),
    z.strictObject({ do: z.literal('close'), conn, then }),
    z.strictObject({ do: z.literal('reset'), conn, then }),
    z.strictObject({ do: z.literal('sigint'), node, exit: z.number(), then }),
  ])
  .transform(({ then: received, ...step }) => ({ ...step, received }));
const step = z.union([silent, answered]);

/** The form of a recording in fixtures/. */
export const scenario = z.strictObject({
  name: z.string(),
  about: z.string(),
  'recorded-from': z.string(),
  nodes: z.number(),
  ports: z.array(z.number()),
  before: tables,
  steps: z.array(step),
  after: tables,
  survived: z.array(z.boolean()),
});

/** A recording of the original, as fixtures/README.md describes it. */
export type Scenario = z.output<typeof scenario>;
export type Step = Scenario['steps'][number];
/** The input of each connection: bytes, and at last perhaps the end. */
export type Received = z.output<typeof then>;

/** Reads a recording. Throws when it is not one. */
export function readScenario(name: string): Scenario {
  return scenario.parse(JSON.parse(packageText(`${FOLDER}/${name}.json`)));
}

/** Reads all recordings, in the order of their names. */
export function readScenarios(): Scenario[] {
  const files = readdirSync(packageFile(FOLDER)).filter((file) => file.endsWith('.json'));
  return files.sort().map((file) => readScenario(basename(file, '.json')));
}
