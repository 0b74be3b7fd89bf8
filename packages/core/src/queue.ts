import { isBluegreenError, type TimerHandle } from '@bluegreen/contract';
import { isEnd } from '@bluegreen/machine';
import type { Engine } from './engine.js';
import { readState } from './read-journal.js';
import { isQueued, takeTurn } from './turn.js';

type QueueContext = Pick<Engine, 'journal' | 'drives' | 'clock' | 'logger' | 'command' | 'over' | 'concurrency'>;

/** Between two looks whether it is somebody's turn. */
const lookMs = 250;

/**
 * The releases of this process that wait for their turn. What waits is in the journal: when this process ends, any other
 * one that recovers goes on with it, in the same order.
 */
export class Queue {
  readonly #context: QueueContext;
  readonly #waiting = new Set<string>();
  #timer: TimerHandle | null = null;
  #isClosed = false;

  constructor(context: QueueContext) {
    this.#context = context;
  }

  add(releaseId: string): void {
    this.#waiting.add(releaseId);
    this.#schedule();
  }

  close(): void {
    this.#isClosed = true;
    if (this.#timer !== null) this.#context.clock.clearTimeout(this.#timer);
  }

  #schedule(): void {
    if (this.#timer !== null || this.#isClosed || this.#waiting.size === 0) return;
    this.#timer = this.#context.clock.setTimeout(() => {
      void this.#look().finally(() => {
        this.#timer = null;
        this.#schedule();
      });
    }, lookMs);
  }

  async #look(): Promise<void> {
    for (const id of [...this.#waiting]) {
      try {
        const state = await readState(this.#context.journal, id);
        const isOver = isEnd(state) || !isQueued(state) || this.#context.drives.get(id) !== undefined;
        if (isOver || (await takeTurn(this.#context, state))) this.#waiting.delete(id);
      } catch (error) {
        const code = isBluegreenError(error) ? error.code : undefined;
        this.#context.logger.warn({ releaseId: id, code, error }, 'a release that waits could not be looked at');
      }
    }
  }
}
