import { describeAll } from './describe.js';
import { TOOLS } from './tools.js';

/** The text of docs/configuration.md. */
export function reference(): string {
  return `${INTRODUCTION}
## Commands

| command | |
|---|---|
| \`chat-server IP PORT [options]\` | serve, until SIGINT or SIGTERM |
${Object.values(TOOLS)
  .map(({ usage, help }) => `| \`chat-server ${usage.replaceAll('|', '\\|')}\` | ${help} |`)
  .join('\n')}
${[...describeAll()].map(([title, options]) => group(title, options)).join('')}`;
}

const INTRODUCTION = `# Configuration

[中文](configuration.zh-CN.md)

Made from the program itself by \`npm run docs\`; a test fails when it is not current.

Each setting is given by an argument, by a variable of the environment, or by a line of the file that \`--config FILE\`
(\`CHAT_CONFIG\`) names. The first of these counts; what is given nowhere has its default. IP and PORT are the first two
arguments, or \`CHAT_IP\` and \`CHAT_PORT\`, or \`ip\` and \`port\` in the file.

\`\`\`toml
# /etc/chat-server.toml
ip = "0.0.0.0"
port = 6000
mysql-file = "/etc/chat/mysql"
redis = "redis://cache:6379"
\`\`\`

What cannot be is said in one line, with exit status 2: options, variables (\`CHAT_...\`) and settings that are mistyped
as well. Values of secrets are never shown. A switch is \`true\` or \`false\` in a variable and in the file.

In a URL, \`#\` in a password is written \`%23\`, \`?\` is \`%3F\`, \`/\` is \`%2F\`, \`@\` is \`%40\` and \`%\` is \`%25\`. TLS:
\`mysql://…/chat?ssl-mode=verify_identity&ssl-ca=FILE\` (\`required\`, \`verify_ca\`), and \`rediss://\`, where
\`NODE_EXTRA_CA_CERTS=FILE\` names an authority of your own. Several servers of Redis that belong together:
\`redis-cluster://user:password@h1:6379,h2,h3\`, and \`redis-sentinel://user:password@h1:26379,h2/name\` with the name that
the Sentinels know the master by; \`rediss-cluster://\` and \`rediss-sentinel://\` with TLS ([operating](operating.md)).
`;

type Options = ReturnType<typeof describeAll> extends Map<string, infer Of> ? Of : never;

function group(title: string, options: Options): string {
  const rows = options.map(({ name, flag, variable, fallback, help }) => {
    const cells = [`\`${flag}\``, `\`${variable}\``, `\`${name}\``, fallback && `\`${fallback}\``, help];
    return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  });
  return `
## ${title}

| argument | variable | in the file | default | |
|---|---|---|---|---|
${rows.join('\n')}
`;
}
