import { Child } from './child.js';

const SCRIPT = `
const db = new (require('libsql'))(process.argv[1]);
db.exec('BEGIN IMMEDIATE');
console.log('locked');
setInterval(() => {}, 1000);
`;

/** Another program that has begun a change in a database file and does not end it, until it is stopped. */
export async function lock(file: string): Promise<Child> {
  const child = new Child(process.execPath, ['-e', SCRIPT, file]);
  await child.logged(/locked/);
  return child;
}
