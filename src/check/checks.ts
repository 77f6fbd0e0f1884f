import { checkEmbedded } from './embedded.js';
import { checkFiles } from './files.js';
import type { Check, Finding, Subject } from './finding.js';
import { checkMysql } from './mysql.js';
import { checkNginx } from './nginx.js';
import { checkPlaces } from './places.js';
import { checkPort, checkRunning } from './port.js';
import { checkRedis } from './redis.js';
import { checkRights } from './rights.js';
import { checkTls } from './tls.js';

/** All checks, in the order in which their findings are told. */
const CHECKS: readonly Check[] = [
  checkPort,
  checkFiles,
  checkPlaces,
  checkEmbedded,
  checkRights,
  checkMysql,
  checkRedis,
  checkTls,
  checkNginx,
];

/** Runs all checks; with `--running` only whether the server answers. */
export async function findAll(subject: Subject): Promise<Finding[]> {
  const checks = subject.settings.running ? [checkRunning] : CHECKS;
  const found = await Promise.all(checks.map((check) => check(subject)));
  return found.flat();
}
