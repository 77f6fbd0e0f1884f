import { writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { Child } from './child.js';
import { place, Service } from './service.js';

/** One line of an answer: its labels and its value. */
export interface Sample {
  readonly metric: Readonly<Record<string, string>>;
  readonly value: readonly [time: number, value: string];
}

/** A private Prometheus that asks every second, with the alerts that are shipped. */
export class Prometheus extends Service {
  #targets: readonly string[] = [];

  /** Starts one. @param targets the addresses of the servers it asks, as IP:PORT */
  static async start(targets: readonly string[]): Promise<Prometheus> {
    const prometheus = new Prometheus(...(await place({})));
    prometheus.#targets = targets;
    await prometheus.start();
    return prometheus;
  }

  /** The value of an expression now. Rejects when Prometheus does not understand it. */
  async query(expression: string): Promise<Sample[]> {
    const url = `http://127.0.0.1:${this.port}/api/v1/query?query=${encodeURIComponent(expression)}`;
    const answer = (await (await fetch(url)).json()) as { data?: { result: Sample[] }; error?: string };
    if (answer.data === undefined) throw new Error(`${expression}: ${answer.error}`);
    return answer.data.result;
  }

  protected async launch(): Promise<Child> {
    const file = join(this.path, 'prometheus.yml');
    const config = {
      global: { scrape_interval: '1s', evaluation_interval: '1s' },
      rule_files: [resolve('deploy/prometheus/rules.yml')],
      scrape_configs: [{ job_name: 'chat', static_configs: [{ targets: this.#targets }] }],
    };
    writeFileSync(file, JSON.stringify(config));
    const child = new Child('prometheus', [
      `--config.file=${file}`,
      `--storage.tsdb.path=${join(this.path, 'data')}`,
      `--web.listen-address=127.0.0.1:${this.port}`,
    ]);
    await child.logged(/Server is ready to receive web requests/);
    return child;
  }
}
