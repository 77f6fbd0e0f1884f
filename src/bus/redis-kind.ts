import { type RedisInfo, Unfit } from './redis-driver.js';

/**
 * Refuses what is not a master of its own. PUBLISH and PUBSUB NUMSUB count the subscribers of one server only: nodes
 * at two servers that pass messages on to each other would deliver a message and store it as well, and let an account
 * in twice.
 */
export function mustBeAlone(info: RedisInfo): void {
  if (info.redis_mode === 'cluster')
    throw new Unfit('is part of a Redis Cluster: nodes at two masters of it would not see each other');
  if (info.redis_mode === 'sentinel') throw new Unfit('is a Sentinel, which passes no messages on');
  mustBeMaster(info);
}

/** Refuses a replica: what is published there reaches nobody at the master. */
export function mustBeMaster({ role, master_host, master_port }: RedisInfo): void {
  if (role === 'slave') throw new Unfit(`is a replica: its master is ${master_host}:${master_port}`);
}
