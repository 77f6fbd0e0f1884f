import { Redis as Driver } from 'ioredis';

/** Runs one command on the Redis, or Sentinel, at a port of 127.0.0.1. */
export async function askRedis(
  port: number,
  command: string,
  ...args: (string | number)[]
): Promise<unknown> {
  const driver = new Driver(port, '127.0.0.1', { lazyConnect: true, protocol: 2 });
  driver.on('error', () => undefined);
  try {
    await driver.connect();
    return await driver.call(command, ...args);
  } finally {
    driver.disconnect();
  }
}
