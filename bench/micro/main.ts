import { parseArgs } from 'node:util';
import { program } from '../load/program.js';
import { Services } from '../load/services.js';
import { type Backend, embeddedStore, inProcessBus, mysqlStore, redisBus } from './backends.js';
import { rows, table } from './bench.js';
import { framer, json, message } from './bytes.js';
import { dispatch } from './dispatch.js';

const USAGE = `usage: node build/bench/micro/main.js [options]
  --seconds N   how long each case is measured (default 1)
  --no-services without MariaDB and Redis`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      seconds: { type: 'string', default: '1' },
      'no-services': { type: 'boolean', default: false },
    },
  });
  const seconds = Number(values.seconds);
  if (!(seconds > 0)) throw new Error('--seconds must be a number above 0');
  const body: string[][] = [];
  for (const part of [framer, json, message, dispatch])
    body.push(...(await rows(part.name, part(), seconds)));
  body.push(...(await backend('embedded store', embeddedStore(), seconds)));
  body.push(...(await backend('in-process bus', inProcessBus(), seconds)));
  if (!values['no-services']) body.push(...(await onServices(seconds)));
  console.log(table(body));
}

async function onServices(seconds: number): Promise<string[][]> {
  const services = await Services.start(false);
  try {
    return [
      ...(await backend('MySQL store', mysqlStore(services), seconds)),
      ...(await backend('Redis bus', redisBus(services), seconds)),
    ];
  } finally {
    await services.stop();
  }
}

async function backend(title: string, opening: Promise<Backend>, seconds: number): Promise<string[][]> {
  const { cases, close } = await opening;
  try {
    return await rows(title, cases, seconds);
  } finally {
    await close();
  }
}

await program(USAGE, main);
