import { definePolicy } from '@bluegreen/core';
import { Redis } from 'ioredis';
import { type OrchestratorTask, orchestrate, readTask } from './stage/orchestrate.js';
import { redisService } from './workers/redis-service.js';

/** A service whose slots consume a queue. */
export interface WorkersTask extends OrchestratorTask {
  readonly port: number;
  readonly onRollback: 'gap' | 'overlap';
  /** The release is taken back while it bakes. */
  readonly isUnloved: boolean;
}

const task = readTask<WorkersTask>();
const redis = new Redis({ port: task.port, host: '127.0.0.1' });

await orchestrate(task, () => ({
  services: { jobs: redisService(redis) },
  policy: definePolicy({
    shift: [{ to: 50 }, { to: 100 }],
    bake: { for: '100ms', gates: [{ check: 'loved' }] },
    workers: { onRollback: task.onRollback },
    retire: { after: 'immediately', candidate: 'retire', drain: '0s' },
    limits: { poll: '10ms', settle: '5s' },
  }),
  checks: { loved: () => !task.isUnloved },
}));
redis.disconnect();
