import { DIFFERENT_EMBEDDED } from '../../src/compat/replay/expectation.js';
import { testOurs } from './ours.js';
import { embeddedSite } from './site.js';

testOurs(embeddedSite, DIFFERENT_EMBEDDED, (scenario) => scenario.nodes === 1);
