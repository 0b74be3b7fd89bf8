import type { Clock, TimerHandle } from '@bluegreen/contract';
import { fail } from '../failure.js';
import { nextTickPump, type Pump } from './pump.js';
import { TimerHeap } from './timer-heap.js';

/** When to stop: an instant (inclusive), or a condition that is asked before every event. */
export type Until = number | (() => boolean);

/** A clock that jumps from timer to timer. Timers of one instant run in the order in which they were set. */
export interface VirtualClock extends Clock {
  /** Events run so far. */
  readonly eventCount: number;
  /** Timers that wait. */
  readonly pendingCount: number;
  /** Instant of the next timer; `null` when none waits. */
  nextDueAt(): number | null;
  /**
   * Runs timers one after the other, synchronously. With an instant: all timers up to it, then `now()` is that instant.
   * With a condition: until it holds. Answers false when no timer is left before that.
   * @throws `simulator/too-many-events`, `simulator/clock-running`, and whatever a timer throws.
   */
  runUntil(until: Until): boolean;
  /** The same for code that waits on promises: after every timer it waits until that code has come to rest. */
  runAsync(until: Until, options?: { readonly pump?: Pump }): Promise<boolean>;
}

export interface VirtualClockOptions {
  /** First instant, in milliseconds since the epoch: 2026-01-01T00:00:00Z. */
  readonly startMs?: number;
  /** Events that this clock runs in its whole life: 10 million. */
  readonly maxEvents?: number;
}

export function createVirtualClock(options: VirtualClockOptions = {}): VirtualClock {
  return new HeapClock(options.startMs ?? 1_767_225_600_000, options.maxEvents ?? 10_000_000);
}

/** Handles are `generation * entryLimit + entry`: a handle of a timer that is over never hits the one after it. */
const entryLimit = 2 ** 22;
const generationLimit = 2 ** 31;

class HeapClock implements VirtualClock {
  readonly #heap = new TimerHeap();
  /** By entry: what to run; `null` when the timer was cleared and only its place in the heap is left. */
  readonly #run: ((() => void) | null)[] = [];
  readonly #generation: number[] = [];
  readonly #free: number[] = [];
  readonly #maxEvents: number;
  #now: number;
  #sequence = 0;
  #clearedCount = 0;
  #eventCount = 0;
  #running = false;

  constructor(startMs: number, maxEvents: number) {
    this.#now = startMs;
    this.#maxEvents = maxEvents;
  }

  get eventCount(): number {
    return this.#eventCount;
  }

  get pendingCount(): number {
    return this.#heap.size - this.#clearedCount;
  }

  now(): number {
    return this.#now;
  }

  setTimeout(run: () => void, delayMs: number): TimerHandle {
    const due = this.#now + Math.max(delayMs, 0);
    if (!Number.isFinite(due)) throw fail('simulator/delay-invalid', { detail: `${delayMs} ms` });
    const entry = this.#free.pop() ?? this.#addEntry();
    this.#run[entry] = run;
    this.#heap.push(due, this.#sequence++, entry);
    return this.#generation[entry]! * entryLimit + entry;
  }

  clearTimeout(handle: TimerHandle): void {
    if (typeof handle !== 'number') return;
    const entry = handle % entryLimit;
    if (this.#generation[entry] !== Math.floor(handle / entryLimit) || this.#run[entry] === null) return;
    this.#run[entry] = null;
    this.#clearedCount++;
    if (this.#clearedCount > 64 && this.#clearedCount * 2 > this.#heap.size) this.#sweep();
  }

  nextDueAt(): number | null {
    this.#dropCleared();
    return this.#heap.size === 0 ? null : this.#heap.firstDue;
  }

  runUntil(until: Until): boolean {
    this.#enter();
    try {
      for (;;) {
        const ended = this.#endOf(until);
        if (ended !== null) return ended;
        this.#runNext();
      }
    } finally {
      this.#running = false;
    }
  }

  runAsync(until: Until, options: { readonly pump?: Pump } = {}): Promise<boolean> {
    const pump = options.pump ?? nextTickPump;
    this.#enter();
    return new Promise<boolean>((resolve, reject) => {
      const turn = () => {
        try {
          const ended = this.#endOf(until);
          if (ended === null) {
            this.#runNext();
            pump(turn);
            return;
          }
          this.#running = false;
          resolve(ended);
        } catch (error) {
          this.#running = false;
          reject(error);
        }
      };
      pump(turn);
    });
  }

  /** `null` while there is something to run. */
  #endOf(until: Until): boolean | null {
    this.#dropCleared();
    if (typeof until === 'function') {
      if (until()) return true;
      this.#dropCleared();
      return this.#heap.size === 0 ? false : null;
    }
    if (this.#heap.firstDue <= until) return null;
    this.#now = Math.max(this.#now, until);
    return true;
  }

  #runNext(): void {
    const entry = this.#heap.firstEntry;
    const due = this.#heap.firstDue;
    if (this.#eventCount === this.#maxEvents) {
      throw fail('simulator/too-many-events', { detail: `${this.#maxEvents} events, now at ${this.#now} ms` });
    }
    this.#heap.pop();
    const run = this.#run[entry]!;
    this.#release(entry);
    this.#now = due;
    this.#eventCount++;
    run();
  }

  #dropCleared(): void {
    while (this.#clearedCount > 0 && this.#heap.size > 0 && this.#run[this.#heap.firstEntry] === null) {
      const entry = this.#heap.firstEntry;
      this.#heap.pop();
      this.#clearedCount--;
      this.#release(entry);
    }
  }

  #sweep(): void {
    this.#heap.keepOnly((entry) => {
      if (this.#run[entry] !== null) return true;
      this.#release(entry);
      return false;
    });
    this.#clearedCount = 0;
  }

  #release(entry: number): void {
    this.#run[entry] = null;
    this.#generation[entry] = (this.#generation[entry]! + 1) % generationLimit;
    this.#free.push(entry);
  }

  #addEntry(): number {
    const entry = this.#generation.length;
    if (entry >= entryLimit) {
      throw fail('simulator/too-many-events', { detail: `${entryLimit} timers wait at one time` });
    }
    this.#generation.push(0);
    this.#run.push(null);
    return entry;
  }

  #enter(): void {
    if (this.#running) throw fail('simulator/clock-running');
    this.#running = true;
  }
}
