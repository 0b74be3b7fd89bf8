import type { Clock, TimerHandle } from '@bluegreen/contract';
import type { Effect } from '@bluegreen/machine';
import { abandonedOutcome, type Outcome } from './outcome.js';

/** One effect under way, as its performer sees it. */
export interface EffectCall {
  /** Aborts when nobody waits for the effect any more. */
  readonly signal: AbortSignal;
  /** Calls back when nobody waits any more, at once when that is so already: many times cheaper than `signal`. */
  onAbort(run: () => void): void;
}

/** Carries effects out. In production it calls adapters; in the simulator it asks the world. */
export interface Performer {
  /** Calls `done` once, not before it returned; after the call was aborted nobody listens any more. */
  perform(effect: Effect, call: EffectCall, done: (outcome: Outcome) => void): void;
}

class Call implements EffectCall {
  readonly timer: TimerHandle;
  #controller: AbortController | null = null;
  #isAborted = false;
  readonly #listeners: (() => void)[] = [];

  constructor(timer: TimerHandle) {
    this.timer = timer;
  }

  /** Made when it is asked for: it costs more than all the rest of a call. */
  get signal(): AbortSignal {
    if (this.#controller === null) {
      this.#controller = new AbortController();
      if (this.#isAborted) this.#controller.abort();
    }
    return this.#controller.signal;
  }

  onAbort(run: () => void): void {
    if (this.#isAborted) run();
    else this.#listeners.push(run);
  }

  abort(): void {
    if (this.#isAborted) return;
    this.#isAborted = true;
    for (const run of this.#listeners) run();
    this.#controller?.abort();
  }
}

/** The calls under way of one release, each with a bound: a call that never answers ends all the same (L4). */
export class EffectCalls {
  readonly #calls = new Map<string, Call>();
  readonly #clock: Clock;
  readonly #performer: Performer;
  readonly #onOutcome: (key: string, outcome: Outcome) => void;

  constructor(clock: Clock, performer: Performer, onOutcome: (key: string, outcome: Outcome) => void) {
    this.#clock = clock;
    this.#performer = performer;
    this.#onOutcome = onOutcome;
  }

  start(effect: Effect, boundMs: number): void {
    const { key } = effect;
    const timer = this.#clock.setTimeout(() => {
      // Aborted before anybody hears of it: what follows is the next turn's, in whatever way that is driven.
      this.abort(key);
      this.#onOutcome(key, abandonedOutcome(effect, `no answer within ${boundMs} ms`));
    }, boundMs);
    const call = new Call(timer);
    this.#calls.set(key, call);
    this.#performer.perform(effect, call, (outcome) => {
      if (this.#calls.get(key) !== call) return;
      this.#calls.delete(key);
      this.#clock.clearTimeout(timer);
      this.#onOutcome(key, outcome);
    });
  }

  abort(key: string): void {
    const call = this.#calls.get(key);
    if (call === undefined) return;
    this.#calls.delete(key);
    this.#clock.clearTimeout(call.timer);
    call.abort();
  }

  abortAll(): void {
    for (const key of [...this.#calls.keys()]) this.abort(key);
  }
}
