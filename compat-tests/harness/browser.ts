import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
import type { Test } from 'tap';
import { DEADLINE } from './deadline.js';

const NAMES = ['chromium', 'chromium-browser', 'google-chrome', 'google-chrome-stable'];

/** The system's Chromium: what CHROMIUM names, or the first one in PATH; undefined where there is none. */
export function findBrowser(env = process.env): string | undefined {
  if (env.CHROMIUM !== undefined) return env.CHROMIUM;
  const folders = `${env.PATH ?? ''}:/usr/bin`.split(':');
  return folders.flatMap((folder) => NAMES.map((name) => join(folder, name))).find(isProgram);
}

/** Starts a Chromium without a window. Close it when the test is done. */
export function startBrowser(path: string): Promise<Browser> {
  // Its sandbox wants more of the system than a container gives; it sees nothing but our own pages.
  return chromium.launch({
    executablePath: path,
    args: ['--no-sandbox', '--disable-gpu'],
    timeout: DEADLINE,
  });
}

/** The Chromium of a test file. */
export interface Chromium {
  /** Why the tests are left out that need it; false where there is one. */
  readonly skip: false | string;
  /** Throws where there is none. */
  readonly browser: Browser;
}

/** Starts a Chromium, where there is one, for all tests of a file. It is closed when they end. */
export async function openChromium(test: Test): Promise<Chromium> {
  const path = findBrowser();
  const started = path === undefined ? undefined : await startBrowser(path);
  test.teardown(() => started?.close());
  return {
    skip: started === undefined && 'there is no Chromium here',
    get browser() {
      if (started === undefined) throw new Error('there is no Chromium here');
      return started;
    },
  };
}

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
