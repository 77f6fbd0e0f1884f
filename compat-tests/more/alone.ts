import type { DialectFile } from '../../src/dialect/file.js';
import { writeDialect } from '../dialects/site.js';
import { Site } from '../harness/site.js';
import { User } from '../harness/user.js';

/** A user of a server with this dialect, who is alone on it, and logged in. */
export async function alone(
  t: { teardown(end: () => unknown): void },
  file: DialectFile,
  ...options: readonly string[]
): Promise<User> {
  const dialect = writeDialect(file);
  const site = await Site.embedded('--dialect', dialect.path, '--login-failures', '0', ...options);
  t.teardown(async () => {
    await site.stop();
    dialect.remove();
  });
  const user = await User.connect(site.node(0));
  await user.register('one');
  await user.login(1);
  return user;
}
