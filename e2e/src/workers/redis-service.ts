import {
  documentTraffic,
  type EnvironmentAdapter,
  type EnvironmentObservation,
  environmentCapabilities,
  everythingTo,
  fail,
  printRouting,
  readRouting,
  type Slot,
  type TrafficAdapter,
  trafficCapabilities,
} from '@bluegreen/contract';
import type { Service } from '@bluegreen/core';
import type { Redis } from 'ioredis';

export const routingKey = 'routing';
export const slotKey = (slot: Slot) => `slot:${slot}`;

/** Replaces the routing when nobody else did since it was read. */
const compareAndSet = `
if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
redis.call('SET', KEYS[1], ARGV[2])
return 1`;

/** Sets fields of a slot, unless a newer owner has written it. The workers themselves answer when they are as wanted. */
const setSlot = `
local epoch = tonumber(redis.call('HGET', KEYS[1], 'epoch') or '0')
if epoch > tonumber(ARGV[1]) then return 0 end
redis.call('HSET', KEYS[1], 'epoch', ARGV[1], 'sequence', ARGV[2], 'wanted', ARGV[3])
if ARGV[4] == 'retire' then redis.call('HDEL', KEYS[1], 'version', 'releaseId') end
if ARGV[4] == 'deploy' then redis.call('HSET', KEYS[1], 'version', ARGV[5], 'releaseId', ARGV[6]) end
return 1`;

/** A service whose router and slots are keys of a real Redis, and whose workers consume a queue of it. */
export function redisService(redis: Redis): Service {
  return { traffic: redisTraffic(redis), environment: redisEnvironment(redis) };
}

/** Users as they are before the first release: all on blue, whose workers run. */
export async function seed(redis: Redis): Promise<void> {
  await redis.set(routingKey, printRouting({ target: everythingTo('blue'), fence: { epoch: 0, sequence: 0 } }));
  await redis.hset(slotKey('blue'), { version: 'v1', wanted: 'active' });
}

function redisTraffic(redis: Redis): TrafficAdapter {
  return documentTraffic<string>({
    name: 'redis',
    resource: 'redis:routing',
    capabilities: trafficCapabilities({
      weightStepPercent: 1,
      splitUnit: 'request',
      fencing: 'enforced',
      remembers: ['candidate', 'fallback'],
      lateWriteMs: 500,
      audiences: [],
      cohorts: ['per-request'],
      preview: true,
    }),
    async load() {
      const text = await redis.get(routingKey);
      return { document: text, ...(text === null ? {} : { version: text }) };
    },
    async save(document, version) {
      const isSet = await redis.eval(compareAndSet, 1, routingKey, version ?? '', document);
      if (isSet === 0) throw fail('adapter/revision-changed');
    },
    read: (text) => (text === null ? 'unrouted' : (readRouting(text) ?? { foreign: text })),
    write: (_, stored) => printRouting(stored),
    // One key, read by everybody at each request; what a request began with it ends with.
    observe: () => ({ proof: 'proven', drain: { blue: drained, green: drained } }),
  });
}

const drained = { kind: 'counted', open: 0 } as const;

function redisEnvironment(redis: Redis): EnvironmentAdapter {
  return {
    contractVersion: 1,
    name: 'redis',
    resource: 'redis:slots',
    capabilities: environmentCapabilities({ fencing: 'enforced', lateWriteMs: 500, workers: true }),
    async observe(slot): Promise<EnvironmentObservation> {
      const { version = null, releaseId, workers = 'idle', epoch, sequence } = await redis.hgetall(slotKey(slot));
      const count = version === null ? 0 : 1;
      return {
        version,
        desired: count,
        ready: count,
        workers: workers === 'active' ? 'active' : 'idle',
        ...(releaseId === undefined ? {} : { releaseId }),
        ...(epoch === undefined ? {} : { fence: { epoch: Number(epoch), sequence: Number(sequence) } }),
      };
    },
    async converge({ slot, release, workers }, { fence, confirm }) {
      if (release !== 'unchanged') await confirm();
      const kind = release === 'unchanged' ? 'tend' : release === null ? 'retire' : 'deploy';
      const deployed = release === 'unchanged' || release === null ? ['', ''] : [release.version, release.id];
      const { epoch, sequence } = fence;
      const isSet = await redis.eval(setSlot, 1, slotKey(slot), epoch, sequence, workers, kind, ...deployed);
      if (isSet === 0) throw fail('adapter/newer-owner');
    },
  };
}
