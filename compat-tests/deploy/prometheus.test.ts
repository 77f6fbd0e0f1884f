import { cpSync, readFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import t from 'tap';
import { parse } from 'yaml';
import { runbook } from '../../src/admin/runbook.js';
import { Child } from '../harness/child.js';
import { until } from '../harness/deadline.js';
import { newFolder } from '../harness/folder.js';
import { Prometheus } from '../harness/prometheus.js';
import { startServer } from '../harness/server.js';
import { User } from '../harness/user.js';

const RULES = 'deploy/prometheus/rules.yml';

interface Panel {
  readonly title: string;
  readonly targets: readonly { readonly expr: string; readonly datasource: { readonly uid: string } }[];
}

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly annotations: Readonly<Record<string, string>>;
}

const dashboard = JSON.parse(readFileSync('deploy/grafana/chat.json', 'utf8')) as {
  readonly panels: readonly Panel[];
};
const rules = parse(readFileSync(RULES, 'utf8')).groups.flatMap(
  ({ rules }: { rules: Rule[] }) => rules,
) as Rule[];

async function promtool(...args: string[]): Promise<string> {
  const child = new Child('promtool', args);
  return (await child.ended) === 0 ? 'fine' : child.log;
}

t.test('promtool accepts the configuration and the alerts', async (t) => {
  t.equal(await promtool('check', 'config', 'deploy/prometheus/prometheus.yml'), 'fine');
  for (const { alert, annotations } of rules) {
    t.ok(annotations.summary && annotations.description, alert);
    const [url, anchor] = annotations.runbook_url?.split('#') ?? [];
    t.equal(url, 'http://127.0.0.1:9100/runbook');
    for (const languages of ['en-US,en;q=0.9', 'zh-CN,zh;q=0.9'])
      t.match(
        runbook('/runbook', languages).body,
        `<h3 id="${anchor}">${alert}</h3>`,
        `${alert}: ${languages}`,
      );
  }
});

t.test('each alert fires on what it is for, and none on a cluster that is well', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const tests = readFileSync('compat-tests/deploy/alerts.yml', 'utf8');
  for (const { alert } of rules) t.match(tests, `name: ${alert}\n`);
  for (const file of [RULES, 'compat-tests/deploy/alerts.yml'])
    cpSync(file, join(folder.path, basename(file)));
  t.equal(await promtool('test', 'rules', join(folder.path, 'alerts.yml')), 'fine');
});

t.test('every panel and every alert asks for what a running server has', async (t) => {
  const server = await startServer(['--admin', '0', '--data', ':memory:', '--pace', '0']);
  t.teardown(() => server.child.stop('SIGKILL'));
  const [, port] = await server.child.logged(/"port":(\d+),"msg":"the admin page is open"/);
  const prometheus = await Prometheus.start([`127.0.0.1:${port}`]);
  t.teardown(() => prometheus.stop());
  const user = await User.connect(server);
  await user.register('somebody');
  await user.login(1);
  await user.say('{"msgid":99}\0');
  await user.settle();
  const users = async () => (await prometheus.query('chat_users'))[0]?.value[1];
  await until(async () => (await users()) === '1', 'Prometheus to see the user');
  const twice = 'count_over_time(chat_dropped_total[1m]) > 1';
  await until(async () => (await prometheus.query(twice)).length > 0, 'a second look, for the rates');

  t.ok(dashboard.panels.length > 15);
  for (const { title, targets } of dashboard.panels)
    for (const { expr, datasource } of targets) {
      // biome-ignore lint/suspicious/noTemplateCurlyInString: a variable of Grafana
      t.equal(datasource.uid, '${source}');
      // Nothing has failed, so that there is no kind of failure yet; its metric is there.
      if (/failures/.test(expr)) await t.resolves(prometheus.query(filled(expr)));
      else t.not((await prometheus.query(filled(expr))).length, 0, title);
    }
  const names = await namesOf(`http://127.0.0.1:${port}/metrics`);
  for (const { alert, expr } of rules) {
    const asked = expr.match(/\b(?:chat|process|nodejs)_\w+/g) ?? ['up'];
    for (const name of asked) t.ok(name === 'up' || names.has(name), `${alert}: ${name}`);
    // How long something takes for a moment is the machine's: `for` is what such an alert waits for.
    if (/lag_p99|store_seconds/.test(expr)) await t.resolves(prometheus.query(expr), alert);
    else t.same(await prometheus.query(expr), [], `${alert} does not fire`);
  }
});

/** An expression of the dashboard as Grafana sends it. */
function filled(expression: string): string {
  return expression.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*');
}

/** The names of all metrics that a server has, also of those without a value yet. */
async function namesOf(url: string): Promise<Set<string>> {
  const text = await (await fetch(url)).text();
  const types = [...text.matchAll(/^# TYPE (\w+) (\w+)$/gm)];
  return new Set(
    types.flatMap(([, name = '', type]) =>
      type === 'histogram' ? [`${name}_bucket`, `${name}_count`] : [name],
    ),
  );
}
