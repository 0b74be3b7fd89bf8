import type { Clock } from '@bluegreen/contract';

/** Where reads wait for something to change. */
export class Changes {
  readonly #clock: Clock;
  readonly #waiting = new Set<() => void>();

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  announce(): void {
    for (const look of [...this.#waiting]) look();
  }

  /** Resolves at the next change, or when the time is over. */
  next(withinMs: number, signal: AbortSignal): Promise<void> {
    let looks = 0;
    // The first look is the one before anything could change.
    return this.until(() => looks++ > 0, withinMs, signal);
  }

  /** Waits until `isTrue`, asked after every change, or until the time is over. */
  async until(isTrue: () => boolean, withinMs: number, signal: AbortSignal): Promise<void> {
    if (isTrue() || signal.aborted) return;
    await new Promise<void>((resolve) => {
      const done = (): void => {
        this.#clock.clearTimeout(timer);
        signal.removeEventListener('abort', done);
        this.#waiting.delete(look);
        resolve();
      };
      const look = (): void => {
        if (isTrue()) done();
      };
      const timer = this.#clock.setTimeout(done, withinMs);
      signal.addEventListener('abort', done);
      this.#waiting.add(look);
    });
  }
}
