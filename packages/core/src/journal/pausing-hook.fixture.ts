import type { DiskCall, DiskHook } from './simulated-disk.fixture.js';

/** Where a process sleeps. */
export interface Sleep {
  /** Resolves when it fell asleep. */
  readonly reached: Promise<void>;
  wake(): void;
}

/** A process that can be put to sleep just before one of its calls to the disk, as SIGSTOP would. */
export class PausingHook {
  #match: ((call: DiskCall) => boolean) | null = null;
  #fallAsleep: () => void = () => undefined;
  #woken: Promise<void> = Promise.resolve();

  readonly hook: DiskHook = async (call) => {
    if (this.#match?.(call)) {
      this.#match = null;
      this.#fallAsleep();
      await this.#woken;
    }
    return call.run();
  };

  sleepBefore(match: (call: DiskCall) => boolean): Sleep {
    this.#match = match;
    let wake: () => void = () => undefined;
    this.#woken = new Promise((resolve) => {
      wake = resolve;
    });
    const reached = new Promise<void>((resolve) => {
      this.#fallAsleep = resolve;
    });
    return { reached, wake };
  }
}
