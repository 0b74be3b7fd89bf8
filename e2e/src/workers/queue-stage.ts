import type { ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Redis } from 'ioredis';
import { leftAlone } from '../stage/orchestrators.js';
import type { WorkersTask } from '../workers-orchestrator.js';
import { type RedisServer, startRedis } from './redis-server.js';
import { seed } from './redis-service.js';
import { startWorker } from './start-worker.js';

/** Which release is played. */
export type Scenario = Pick<WorkersTask, 'isUnloved' | 'onRollback'>;

export interface Handled {
  readonly messages: number;
  readonly lost: number;
  readonly twice: number;
}

/** A Redis of its own with a topic that fills all the time, the workers of both slots, and a journal. */
export class QueueStage {
  readonly directory = mkdtempSync(join(tmpdir(), 'bluegreen-workers-'));
  readonly #server: RedisServer;
  readonly #workers: readonly ChildProcess[];
  readonly #timer: NodeJS.Timeout;
  #produced = 0;
  #isPaused = false;
  #tasks = 0;

  private constructor(server: RedisServer, workers: readonly ChildProcess[]) {
    this.#server = server;
    this.#workers = workers;
    this.#timer = setInterval(() => {
      if (this.#isPaused) return;
      this.#produced++;
      void this.#redis.rpush('topic', this.#produced - 1);
    }, 2);
  }

  static async start(): Promise<QueueStage> {
    const server = await startRedis();
    await seed(server.redis);
    return new QueueStage(server, [await startWorker('blue', server.port), await startWorker('green', server.port)]);
  }

  get #redis(): Redis {
    return this.#server.redis;
  }

  task(scenario: Scenario): WorkersTask {
    const name = `r${++this.#tasks}`;
    const journal = join(this.directory, 'releases');
    const versions = { jobs: name };
    return {
      journal,
      port: this.#server.port,
      releaseId: name,
      versions,
      leaseTtlMs: 1_000,
      ...scenario,
      ...leftAlone,
    };
  }

  /** What became of the messages of some releases, when all of them were handled. */
  async during(releases: () => Promise<void>): Promise<Handled> {
    const first = this.#produced;
    this.#isPaused = false;
    await releases();
    this.#isPaused = true;
    while (Number((await this.#redis.get('cursor')) ?? 0) < this.#produced) {
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const result = { messages: this.#produced - first, lost: 0, twice: 0 };
    for (let message = first; message < this.#produced; message++) {
      const by = await this.#redis.llen(`handled:${message}`);
      if (by === 0) result.lost++;
      if (by > 1) result.twice++;
    }
    return result;
  }

  async close(): Promise<void> {
    clearInterval(this.#timer);
    for (const worker of this.#workers) worker.kill('SIGKILL');
    await this.#server.stop();
    rmSync(this.directory, { recursive: true, force: true });
  }
}
