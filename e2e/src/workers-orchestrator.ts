import { appendFileSync } from 'node:fs';
import { isBluegreenError } from '@bluegreen/contract';
import { createReleaser, definePolicy, fileJournal } from '@bluegreen/core';
import { Redis } from 'ioredis';
import { boundedJournal, boundedService } from './stage/boundaries.js';
import { redisService } from './workers/redis-service.js';

/** What the parent tells this process, as JSON in its first argument. */
export interface WorkersTask {
  readonly journal: string;
  readonly port: number;
  readonly releaseId: string;
  readonly version: string;
  readonly onRollback: 'gap' | 'overlap';
  /** The release is taken back while it bakes. */
  readonly isUnloved: boolean;
  /** Kills itself with SIGKILL at this boundary; 0: never. */
  readonly killAt: number;
  readonly boundaryLog: string;
}

async function main(): Promise<void> {
  const task = JSON.parse(process.argv[2]!) as WorkersTask;
  let count = 0;
  const boundary = (name: string): void => {
    count++;
    if (task.boundaryLog !== '') appendFileSync(task.boundaryLog, `${count} ${name}\n`);
    if (count === task.killAt) process.kill(process.pid, 'SIGKILL');
  };
  const redis = new Redis({ port: task.port, host: '127.0.0.1' });
  const policy = definePolicy({
    shift: [{ to: 50 }, { to: 100 }],
    bake: { for: '100ms', gates: [{ check: 'loved' }] },
    workers: { onRollback: task.onRollback },
    retire: { after: 'immediately', candidate: 'retire', drain: '0s' },
    limits: { poll: '10ms', settle: '5s' },
  });
  const releaser = createReleaser({
    services: { jobs: boundedService(redisService(redis), boundary) },
    journal: boundedJournal(fileJournal(task.journal), boundary),
    leaseTtlMs: 1_000,
    checks: { loved: () => !task.isUnloved },
  });
  process.stdout.write('started\n');
  await releaser.recover();
  try {
    const versions = { jobs: task.version };
    await releaser.start({ id: task.releaseId, versions, policy, requestedBy: 'e2e' });
  } catch (error) {
    if (!isBluegreenError(error) || error.code !== 'journal/lease-held') throw error;
  }
  for await (const event of await releaser.get(task.releaseId)) {
    if (event.type === 'release-finished') process.stdout.write(`${JSON.stringify({ end: event.end })}\n`);
  }
  await releaser.close();
  redis.disconnect();
}

await main();
