import { writeFileSync } from 'node:fs';
import { embeddedOptions } from './embedding.js';
import { reference } from './reference.js';

/** For `npm run docs`: writes the pages anew that are made from the table of options. */
writeFileSync(new URL('../../docs/configuration.md', import.meta.url), reference());
writeFileSync(new URL('../../src/embed-options.ts', import.meta.url), embeddedOptions());
