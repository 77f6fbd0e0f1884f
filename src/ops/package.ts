import { existsSync, readFileSync } from 'node:fs';

/** A text file of this package by its path in it. */
export function packageText(path: string): string {
  return readFileSync(packageFile(path), 'utf8');
}

/** Where a file of this package is. */
export function packageFile(path: string): URL {
  return new URL(path, root());
}

/** The version of this package. */
export function version(): string {
  return JSON.parse(packageText('package.json')).version;
}

/** The folder with package.json: the compiled files lie at different depths below it. */
function root(): URL {
  let folder = new URL('./', import.meta.url);
  while (!existsSync(new URL('package.json', folder))) folder = new URL('../', folder);
  return folder;
}
