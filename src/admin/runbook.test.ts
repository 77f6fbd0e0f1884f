import t from 'tap';
import { runbook } from './runbook.js';

t.test('the pages are made once, however many ask for them', async (t) => {
  const [english, chinese] = [runbook('/runbook'), runbook('/runbook', 'zh-CN')];
  t.match(english, { status: 200, body: /<html lang="en">/ });
  t.match(chinese, { status: 200, body: /<html lang="zh">/ });
  t.equal(runbook('/runbook?lang=en', 'zh'), english);
  t.equal(runbook('/runbook?lang=zh'), chinese);
});
