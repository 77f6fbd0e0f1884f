import { findAll } from '../check/checks.js';
import type { Finding, Subject } from '../check/finding.js';
import { ConfigError } from '../config.js';
import { printable } from '../text/printable.js';
import { withoutSecrets } from '../text/secrets.js';

/** The most of a finding that is shown, in characters: databases and configurations are somebody else's. */
const MOST = 1000;

/** So wide is what stands before the text. */
const WIDTHS = { state: 8, about: 12 };

/** A remedy may uncover more: tables that are made have rows to look at. All is looked at this often at most. */
const ROUNDS = 3;

/**
 * Looks whether a server with these options would work, and says in a line each what is fine, what can go wrong, and
 * what is broken; with `--fix` mends what is safe to mend. The exit status is 1 when something is broken.
 */
export async function check(subject: Subject): Promise<void> {
  const { settings, place } = subject;
  if (settings.running && place === undefined) {
    throw new ConfigError('check --running needs to know where: chat-server check IP PORT --running');
  }
  if (settings['all-stopped'] && !settings.fix) throw new ConfigError('--all-stopped goes with check --fix');
  if ((await rounds(subject)).some(({ state }) => state === 'broken')) process.exitCode = 1;
}

/** Looks, and mends if that is asked for, until nothing is left to mend. Returns what was found last. */
async function rounds(subject: Subject): Promise<readonly Finding[]> {
  const told = new Set<string>();
  const tell = (text: string) => {
    if (!told.has(text)) console.log(text);
    told.add(text);
  };
  for (let round = 1; ; round++) {
    const findings = await findAll(subject);
    for (const finding of findings) tell(line(finding));
    const mended = subject.settings.fix ? await mendAll(findings, tell) : 0;
    if (mended === 0 || round === ROUNDS) return findings;
  }
}

function line({ state, about, text, remedy }: Finding): string {
  const start = words(state, about, text);
  return remedy === undefined
    ? start
    : `${start}\n${' '.repeat(WIDTHS.state + WIDTHS.about + 2)}-> ${printable(withoutSecrets(remedy), MOST)}`;
}

function words(state: string, about: string, text: string): string {
  return `${state.padEnd(WIDTHS.state)} ${about.padEnd(WIDTHS.about)} ${printable(withoutSecrets(text), MOST)}`;
}

/** Returns how many were mended. */
async function mendAll(findings: readonly Finding[], tell: (text: string) => void): Promise<number> {
  let mended = 0;
  for (const { about, mend } of findings) {
    if (mend === undefined) continue;
    try {
      tell(words('mended', about, await mend()));
      mended++;
    } catch (error) {
      tell(words('broken', about, `not mended: ${error instanceof Error ? error.message : error}`));
    }
  }
  return mended;
}
