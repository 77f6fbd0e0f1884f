import t from 'tap';
import { Site } from '../harness/site.js';
import { forkOf } from './forks.js';
import { readRecording, recordings } from './recording.js';
import { replay } from './replay.js';

t.setTimeout(120_000);

for (const recording of recordings())
  t.test(recording, async (t) => {
    const { dialect, mend } = forkOf(recording);
    const site = await Site.embedded('--dialect', dialect, '--login-failures', '0');
    t.teardown(() => site.stop());
    await replay(mend(readRecording(recording)), dialect, site);
  });
