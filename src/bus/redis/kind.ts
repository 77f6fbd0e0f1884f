import { type RedisInfo, Unfit } from './driver.js';

/**
 * Refuses what is not a master of its own. PUBLISH and PUBSUB NUMSUB count the subscribers of one server only: nodes
 * at two servers that pass messages on to each other would deliver a message and store it as well, and let an account
 * in twice.
 */
export function mustBeAlone(info: RedisInfo): void {
  if (info.redis_mode === 'cluster')
    throw new Unfit('is part of a Redis Cluster: give it as redis-cluster://host:port,host:port');
  if (info.redis_mode === 'sentinel')
    throw new Unfit('is a Sentinel: give it as redis-sentinel://host:port/name');
  mustBeMaster(info);
}

/** Refuses a replica: what is published there reaches nobody at the master. */
export function mustBeMaster({ role, master_host, master_port }: RedisInfo): void {
  if (role === 'slave') throw new Unfit(`is a replica: its master is ${master_host}:${master_port}`);
}

/** Refuses what is no part of a Redis Cluster, or cannot do sharded pub/sub. */
export function mustBeInCluster({ redis_mode, redis_version = '' }: RedisInfo): void {
  if (redis_mode !== undefined && redis_mode !== 'cluster')
    throw new Unfit('is not part of a Redis Cluster: give it as redis://host:port');
  if (Number.parseInt(redis_version, 10) < SHARDED_SINCE)
    throw new Unfit(`is ${redis_version}: sharded pub/sub needs ${SHARDED_SINCE}`);
}

/** Refuses what is no master of a Redis Cluster. */
export function mustBeClusterMaster(info: RedisInfo): void {
  mustBeInCluster(info);
  mustBeMaster(info);
}

/** Refuses what is no Sentinel. */
export function mustBeSentinel({ redis_mode }: RedisInfo): void {
  if (redis_mode !== undefined && redis_mode !== 'sentinel') throw new Unfit('is not a Sentinel');
}

/** The first version with SPUBLISH and SSUBSCRIBE. */
const SHARDED_SINCE = 7;
