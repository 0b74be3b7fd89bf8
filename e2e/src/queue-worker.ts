import type { Slot } from '@bluegreen/contract';
import { Redis } from 'ioredis';
import { slotKey } from './workers/redis-service.js';

/**
 * The workers of one slot, a real process: while they are wanted they take every message of the topic and run the cron
 * job, and say so. Messages are read by each slot for itself, as with consumer groups: two slots that work at once handle
 * the same message twice.
 */
async function main(slot: Slot, port: number): Promise<void> {
  const redis = new Redis({ port, host: '127.0.0.1' });
  const cursorKey = 'cursor';
  let said = '';
  process.stdout.write('started\n');
  for (;;) {
    const wanted = (await redis.hget(slotKey(slot), 'wanted')) ?? 'idle';
    const version = await redis.hget(slotKey(slot), 'version');
    const isActive = wanted === 'active' && version !== null;
    if (isActive) {
      // What it says it is, it is before the first message and after the last one.
      await say('active');
      await work();
    } else {
      await say('idle');
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  async function say(state: 'active' | 'idle'): Promise<void> {
    if (said === state) return;
    said = state;
    await redis.hset(slotKey(slot), 'workers', state);
  }

  /** One message, if there is one: read, handled, and only then left behind. */
  async function work(): Promise<void> {
    const cursor = Number((await redis.get(cursorKey)) ?? 0);
    const message = await redis.lindex('topic', cursor);
    if (message === null) {
      await new Promise((resolve) => setTimeout(resolve, 1));
      return;
    }
    await redis.rpush(`handled:${message}`, slot);
    await redis.set(cursorKey, cursor + 1);
  }
}

await main(process.argv[2] as Slot, Number(process.argv[3]));
