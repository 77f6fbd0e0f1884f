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

/** Whether the Redis at a port follows a master, and is in step with it. */
export async function isReplica(port: number): Promise<boolean> {
  const info = String(await askRedis(port, 'INFO', 'replication').catch(() => ''));
  return /role:slave/.test(info) && /master_link_status:up/.test(info);
}
