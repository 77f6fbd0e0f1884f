import t from 'tap';
import { forkOf } from './forks.js';
import { readRecording, recordings } from './recording.js';
import { replay } from './replay.js';
import { SiteOfEach } from './site.js';

t.setTimeout(600_000);
const sites = new SiteOfEach();
t.teardown(() => sites.stop());

for (const recording of recordings())
  t.test(recording, async () => {
    const { dialect, mend } = forkOf(recording);
    await replay(mend(readRecording(recording)), dialect, await sites.of(dialect, dialect));
  });
