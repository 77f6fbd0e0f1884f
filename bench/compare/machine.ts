import { spawnSync } from 'node:child_process';
import { cpus, loadavg, release, totalmem } from 'node:os';

/** The machine of the figures, as Markdown lines. */
export function machine(): string {
  const processors = cpus();
  const lines = [
    `${processors.length} cores, ${processors[0]?.model}, ${Math.round(totalmem() / 2 ** 30)} GB, Linux ${release()}`,
    `Node ${process.version}`,
    ...['mariadbd', 'redis-server', 'cc'].flatMap(version),
    `load average before the run: ${loadavg()
      .map((load) => load.toFixed(1))
      .join(' ')}`,
  ];
  return lines.map((line) => `- ${line}`).join('\n');
}

/** The first line that a program prints of its version; nothing for one that is not there. */
function version(program: string): string[] {
  const env = { ...process.env, PATH: `${process.env.PATH}:/usr/sbin:/sbin` };
  const { stdout } = spawnSync(program, ['--version'], { env, encoding: 'utf8' });
  return stdout ? [stdout.split('\n')[0]!] : [];
}
