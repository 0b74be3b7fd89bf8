import type { Clock, TimerHandle } from '@bluegreen/contract';
import type { Effect } from '@bluegreen/machine';
import { abandonedOutcome, type Outcome } from './outcome.js';

/** Carries effects out. In production it calls adapters; in the simulator it asks the world. */
export interface Performer {
  /** Calls `done` once, not before it returned; after `signal` aborted nobody listens any more. */
  perform(effect: Effect, signal: AbortSignal, done: (outcome: Outcome) => void): void;
}

interface Call {
  readonly controller: AbortController;
  readonly timer: TimerHandle;
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
    const controller = new AbortController();
    const timer = this.#clock.setTimeout(() => {
      this.#finish(effect.key, call, abandonedOutcome(effect, `no answer within ${boundMs} ms`));
      controller.abort();
    }, boundMs);
    const call: Call = { controller, timer };
    this.#calls.set(effect.key, call);
    this.#performer.perform(effect, controller.signal, (outcome) => this.#finish(effect.key, call, outcome));
  }

  abort(key: string): void {
    const call = this.#calls.get(key);
    if (call === undefined) return;
    this.#calls.delete(key);
    this.#clock.clearTimeout(call.timer);
    call.controller.abort();
  }

  abortAll(): void {
    for (const key of [...this.#calls.keys()]) this.abort(key);
  }

  #finish(key: string, call: Call, outcome: Outcome): void {
    if (this.#calls.get(key) !== call) return;
    this.#calls.delete(key);
    this.#clock.clearTimeout(call.timer);
    this.#onOutcome(key, outcome);
  }
}
