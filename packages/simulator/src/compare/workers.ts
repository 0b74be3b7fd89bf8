import { Worker } from 'node:worker_threads';
import type { Stretch } from './stretch.js';

/** Something that makes the runs of a stretch. */
export interface Runner {
  run(stretch: Stretch): Promise<Float64Array>;
  close(): Promise<void>;
}

type Answer = { readonly rows: Float64Array } | { readonly problem: string };

/** The file that a worker runs lies beside the built package; sources have none, as nothing translates them in a worker. */
export function hasWorkers(): boolean {
  return import.meta.url.endsWith('.js');
}

/** One worker thread. It makes one stretch at a time. */
export class WorkerRunner implements Runner {
  readonly #worker = new Worker(new URL('./compare-worker.js', import.meta.url));

  run(stretch: Stretch): Promise<Float64Array> {
    return new Promise((resolve, reject) => {
      const answered = (answer: Answer) => {
        this.#worker.off('error', reject);
        if ('rows' in answer) resolve(answer.rows);
        else reject(new Error(answer.problem));
      };
      this.#worker.once('message', answered);
      this.#worker.once('error', reject);
      this.#worker.postMessage(stretch);
    });
  }

  async close(): Promise<void> {
    await this.#worker.terminate();
  }
}
