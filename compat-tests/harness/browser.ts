import { type Browser, chromium } from 'playwright-core';

/** Starts the system's Chromium without a window. Close it when the test is done. */
export function startBrowser(): Promise<Browser> {
  const path = process.env.CHROMIUM ?? '/usr/bin/chromium';
  // Its sandbox wants more of the system than a container gives; it sees nothing but our own pages.
  return chromium.launch({ executablePath: path, args: ['--no-sandbox', '--disable-gpu'] });
}
