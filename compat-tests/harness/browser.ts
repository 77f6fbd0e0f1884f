import { accessSync, constants } from 'node:fs';
import { join } from 'node:path';
import { type Browser, chromium } from 'playwright-core';
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

function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
