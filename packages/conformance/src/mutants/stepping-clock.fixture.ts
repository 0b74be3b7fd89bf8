import type { Clock } from '@bluegreen/contract';

/** A clock that jumps to its next timer whenever everything else has come to rest. Stop it, or it keeps the process. */
export class SteppingClock implements Clock {
  #now = 1_700_000_000_000;
  #order = 0;
  #isStopped = false;
  readonly #timers = new Map<number, { readonly at: number; readonly run: () => void }>();

  constructor() {
    setImmediate(() => this.#turn());
  }

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, delayMs: number): number {
    this.#order += 1;
    this.#timers.set(this.#order, { at: this.#now + Math.max(0, delayMs), run });
    return this.#order;
  }

  clearTimeout(handle: unknown): void {
    this.#timers.delete(handle as number);
  }

  stop(): void {
    this.#isStopped = true;
  }

  #turn(): void {
    if (this.#isStopped) return;
    const next = [...this.#timers].sort(([a, one], [b, other]) => one.at - other.at || a - b)[0];
    if (next !== undefined) {
      const [handle, { at, run }] = next;
      this.#timers.delete(handle);
      this.#now = Math.max(this.#now, at);
      run();
    }
    setImmediate(() => this.#turn());
  }
}
