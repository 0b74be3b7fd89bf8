import type { Clock, TimerHandle } from '@bluegreen/contract';
import type { Fact, ReleaseEvent } from '@bluegreen/machine';
import { effectBoundMs } from './effect-bound.js';
import { EffectCalls, type Performer } from './effect-calls.js';
import { factOf } from './outcome.js';
import type { ReleaseProcess, Step } from './release-process.js';
import type { Rest } from './rest.js';

export interface SyncDriverOptions {
  readonly process: ReleaseProcess;
  /** A clock that is driven from outside, as the simulator's. */
  readonly clock: Clock;
  readonly performer: Performer;
  /** Records events at once. */
  append(events: readonly ReleaseEvent[]): void;
  /**
   * Called before the driver sleeps while its release rests. Whoever knows that what is repeated would tell nothing new may
   * note it with `process.repeated` instead of having it done each time.
   */
  onRest?(rest: Rest): void;
  /** Called when nothing is left to drive, or a newer owner exists. */
  onEnd?(reason: 'over' | 'fenced'): void;
}

/** Drives one release without a promise: every step is carried out before the next one is asked for. */
export class SyncDriver {
  readonly #options: SyncDriverOptions;
  readonly #calls: EffectCalls;
  #wake: TimerHandle | null = null;
  #wakeCount = 0;
  #isEnded = false;

  constructor(options: SyncDriverOptions) {
    this.#options = options;
    this.#calls = new EffectCalls(options.clock, options.performer, (key, outcome) => {
      const at = options.clock.now();
      options.process.ended(key, at);
      if (outcome.type === 'fenced') this.#end('fenced');
      else this.give([factOf(outcome, at)]);
    });
  }

  /** How often the driver woke by itself. */
  get wakeCount(): number {
    return this.#wakeCount;
  }

  /** Folds facts and does what follows. */
  give(facts: readonly Fact[]): void {
    if (this.#isEnded) return;
    const { process, clock } = this.#options;
    for (const step of process.turn(facts, clock.now())) this.#carryOut(step);
    if (process.isOver) this.#end('over');
    else this.#sleep();
  }

  /** Stops at once, as a crash would: nothing more is recorded or started. */
  stop(): void {
    this.#isEnded = true;
    this.#cancelWake();
    this.#calls.abortAll();
  }

  #carryOut(step: Step): void {
    const { process } = this.#options;
    if (step.kind === 'append') this.#options.append(step.events);
    else if (step.kind === 'start') this.#calls.start(step.effect, effectBoundMs(step.effect, process.state.plan));
    else if (step.kind === 'abort') this.#calls.abort(step.key);
  }

  #sleep(): void {
    const { process, clock } = this.#options;
    this.#cancelWake();
    this.#rest();
    const now = clock.now();
    const at = process.wakeAt(now);
    if (at === null) return;
    this.#wake = clock.setTimeout(() => {
      this.#wake = null;
      this.#wakeCount++;
      this.give([{ type: 'time-passed', at: clock.now() }]);
    }, at - now);
  }

  #rest(): void {
    const { process, onRest } = this.#options;
    const rest = onRest === undefined ? null : process.rest();
    if (rest !== null) this.#options.onRest?.(rest);
  }

  #cancelWake(): void {
    if (this.#wake !== null) this.#options.clock.clearTimeout(this.#wake);
    this.#wake = null;
  }

  #end(reason: 'over' | 'fenced'): void {
    this.stop();
    this.#options.onEnd?.(reason);
  }
}
