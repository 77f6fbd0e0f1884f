import { mkdirSync, writeFileSync } from 'node:fs';

const FOLDER = 'bench/results';

/** Writes a report among the results. */
export function writeResult(name: string, text: string): void {
  const file = `${FOLDER}/${name}.md`;
  mkdirSync(FOLDER, { recursive: true });
  writeFileSync(file, text);
  console.error(`written to ${file}`);
}
