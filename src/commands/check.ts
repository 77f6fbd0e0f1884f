import { findAll } from '../check/checks.js';
import type { Finding, Subject } from '../check/finding.js';
import { ConfigError } from '../config.js';
import { printable } from '../text/printable.js';

/** The most of a finding that is shown, in characters: databases and configurations are somebody else's. */
const MOST = 1000;

/** So wide is what stands before the text. */
const WIDTHS = { state: 8, about: 12 };

/**
 * Looks whether a server with these options would work, and says in a line each what is fine, what can go wrong, and
 * what is broken; with `--fix` mends what is safe to mend. The exit status is 1 when something is broken.
 */
export async function check(subject: Subject): Promise<void> {
  if (subject.settings.running && subject.place === undefined) {
    throw new ConfigError('check --running needs to know where: chat-server check IP PORT --running');
  }
  const findings = await findAll(subject);
  for (const finding of findings) console.log(line(finding));
  const mended = subject.settings.fix ? await mendAll(findings) : new Set();
  const left = findings.filter((finding) => finding.state === 'broken' && !mended.has(finding));
  if (left.length > 0) process.exitCode = 1;
}

function line({ state, about, text, remedy }: Finding): string {
  const start = `${state.padEnd(WIDTHS.state)} ${about.padEnd(WIDTHS.about)} ${printable(text, MOST)}`;
  return remedy === undefined
    ? start
    : `${start}\n${' '.repeat(WIDTHS.state + WIDTHS.about + 2)}-> ${printable(remedy, MOST)}`;
}

async function mendAll(findings: readonly Finding[]): Promise<Set<Finding>> {
  const mended = new Set<Finding>();
  for (const finding of findings) {
    if (finding.mend === undefined) continue;
    try {
      console.log(
        `${'mended'.padEnd(WIDTHS.state)} ${finding.about.padEnd(WIDTHS.about)} ${printable(await finding.mend(), MOST)}`,
      );
      mended.add(finding);
    } catch (error) {
      const why = error instanceof Error ? error.message : error;
      console.log(
        `${'broken'.padEnd(WIDTHS.state)} ${finding.about.padEnd(WIDTHS.about)} not mended: ${printable(String(why), MOST)}`,
      );
    }
  }
  return mended;
}
