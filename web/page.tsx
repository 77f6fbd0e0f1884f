import { render } from 'preact';
import type { Spoken } from '../src/client/core/dialect.js';
import { Speech } from '../src/client/core/speech.js';
import { App } from './app.js';
import { endEarlierLogin } from './ending.js';
import { type ServerFacts, Session } from './session.js';

/** The server by its own words. */
async function told<T>(path: string): Promise<T> {
  const response = await fetch(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return (await response.json()) as T;
}

async function begin(): Promise<void> {
  await endEarlierLogin();
  const [spoken, facts] = await Promise.all([told<Spoken>('dialect.json'), told<ServerFacts>('server.json')]);
  const page = document.getElementById('page');
  if (page !== null) render(<App session={new Session(new Speech(spoken), facts)} />, page);
}

void begin();
