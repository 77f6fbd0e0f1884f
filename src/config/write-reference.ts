import { writeFileSync } from 'node:fs';
import { reference } from './reference.js';

/** For `npm run docs`: writes the reference page anew. */
writeFileSync(new URL('../../docs/configuration.md', import.meta.url), reference());
