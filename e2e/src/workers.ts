// Two consumers of a real queue, one per slot, through releases, rollbacks and killed orchestrators: each message is
// handled by one slot, once. A control with overlapping workers shows that the count can tell.
// Arguments: --json, --points N (at most N boundaries per scenario, evenly spread; default all).

import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Redis } from 'ioredis';
import { runOrchestrator, startWorker } from './workers/processes.js';
import { type RedisServer, startRedis } from './workers/redis-server.js';
import { seed } from './workers/redis-service.js';
import type { WorkersTask } from './workers-orchestrator.js';

type Scenario = Pick<WorkersTask, 'isUnloved' | 'onRollback'>;

const promoted: Scenario = { isUnloved: false, onRollback: 'gap' };
const rolledBack: Scenario = { isUnloved: true, onRollback: 'gap' };
const overlapping: Scenario = { isUnloved: true, onRollback: 'overlap' };

class Bench {
  readonly server: RedisServer;
  readonly directory = mkdtempSync(join(tmpdir(), 'bluegreen-workers-'));
  #count = 0;

  constructor(server: RedisServer) {
    this.server = server;
  }

  task(scenario: Scenario, killAt = 0, boundaryLog = ''): WorkersTask {
    const name = `r${++this.#count}`;
    const journal = join(this.directory, 'releases');
    return { journal, port: this.server.port, releaseId: name, version: name, killAt, boundaryLog, ...scenario };
  }

  /** How many boundaries a release of this kind has. */
  async boundaries(scenario: Scenario): Promise<number> {
    const log = join(this.directory, 'boundaries');
    rmSync(log, { force: true });
    await runOrchestrator(this.task(scenario, 0, log));
    return readFileSync(log, 'utf8').trim().split('\n').length;
  }

  /** Kills the orchestrator at one boundary, then lets another one go on. */
  async crash(scenario: Scenario, killAt: number): Promise<boolean> {
    const task = this.task(scenario, killAt);
    const end = (await runOrchestrator(task)) ?? (await runOrchestrator({ ...task, killAt: 0 }));
    const isGood = end === (scenario.isUnloved ? 'rolled-back' : 'promoted');
    if (!isGood) console.error(`boundary ${killAt} of ${JSON.stringify(scenario)}: ${end}`);
    return isGood;
  }
}

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: { json: { type: 'boolean', default: false }, points: { type: 'string', default: '100000' } },
  });
  const server = await startRedis();
  const bench = new Bench(server);
  await seed(server.redis);
  const workers = [await startWorker('blue', server.port), await startWorker('green', server.port)];
  const producer = produce(server.redis);
  const result = { releases: 0, points: 0, converged: 0, messages: 0, lost: 0, twice: 0, control: { twice: 0 } };
  try {
    for (const scenario of [promoted, rolledBack]) {
      const count = await bench.boundaries(scenario);
      result.releases++;
      for (const point of spread(count, Number(values.points))) {
        result.points++;
        result.releases++;
        if (await bench.crash(scenario, point)) result.converged++;
      }
    }
    const first = await producer.pause();
    Object.assign(result, await handled(server.redis, 0, first));
    producer.resume();
    for (let round = 0; round < 3; round++) await runOrchestrator(bench.task(overlapping));
    result.control.twice = (await handled(server.redis, first, await producer.pause())).twice;
  } finally {
    producer.stop();
    for (const worker of workers) worker.kill('SIGKILL');
    await server.stop();
    rmSync(bench.directory, { recursive: true, force: true });
  }
  console.log(values.json ? JSON.stringify(result) : result);
  const isGood = result.converged === result.points && result.lost === 0 && result.twice === 0 && result.messages > 0;
  return isGood && result.control.twice > 0 ? 0 : 1;
}

/** Puts message after message into the topic. */
function produce(redis: Redis) {
  let count = 0;
  let isPaused = false;
  const timer = setInterval(() => {
    if (isPaused) return;
    count++;
    void redis.rpush('topic', count - 1);
  }, 2);
  return {
    /** Stops, waits until everything was handled, and says how much there was. */
    async pause(): Promise<number> {
      isPaused = true;
      while (Number((await redis.get('cursor')) ?? 0) < count) await new Promise((resolve) => setTimeout(resolve, 5));
      return count;
    },
    resume() {
      isPaused = false;
    },
    stop: () => clearInterval(timer),
  };
}

async function handled(redis: Redis, from: number, to: number) {
  const result = { messages: to - from, lost: 0, twice: 0 };
  for (let message = from; message < to; message++) {
    const by = await redis.llen(`handled:${message}`);
    if (by === 0) result.lost++;
    if (by > 1) result.twice++;
  }
  return result;
}

/** At most `most` numbers from 1 to `count`, evenly spread. */
function spread(count: number, most: number): readonly number[] {
  if (count <= most) return Array.from({ length: count }, (_, index) => index + 1);
  return Array.from({ length: most }, (_, index) => 1 + Math.floor((index * count) / most));
}

process.exitCode = await main();
