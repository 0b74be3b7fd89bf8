import { type Clock, isBluegreenError, type Lease, type TimerHandle } from '@bluegreen/contract';
import type { Effect, Fact, ReleaseEvent } from '@bluegreen/machine';
import { effectBoundMs } from './effect-bound.js';
import { EffectCalls, type Performer } from './effect-calls.js';
import { factOf } from './outcome.js';
import type { ReleaseProcess, Step } from './release-process.js';
import type { Rest } from './rest.js';

/** Why a driver stopped. `detached`: it was told to; `fenced`: a newer owner exists; `broken`: the journal failed. */
export type DriveEnd =
  | { readonly reason: 'over' | 'detached' | 'fenced' }
  | { readonly reason: 'broken'; readonly error: unknown };

export interface AsyncDriverOptions {
  readonly process: ReleaseProcess;
  readonly clock: Clock;
  readonly performer: Performer;
  readonly lease: Pick<Lease, 'confirm'>;
  append(events: readonly ReleaseEvent[]): Promise<void>;
  /** As that of the `SyncDriver`; in production there is none. */
  onRest?(rest: Rest): void;
}

/** Drives one release over promises: records first, then acts; everything that decides is the process's. */
export class AsyncDriver {
  readonly #options: AsyncDriverOptions;
  readonly #calls: EffectCalls;
  readonly #inbox: Fact[] = [];
  #wake: TimerHandle | null = null;
  #wakeCount = 0;
  #isTurning = false;
  #turned: Promise<void> = Promise.resolve();
  #end: DriveEnd | null = null;
  #resolveEnd: (end: DriveEnd) => void = () => {};
  /** Resolves, never rejects, when this driver does nothing more. */
  readonly ended: Promise<DriveEnd>;

  constructor(options: AsyncDriverOptions) {
    this.#options = options;
    this.ended = new Promise((resolve) => {
      this.#resolveEnd = resolve;
    });
    this.#calls = new EffectCalls(options.clock, options.performer, (key, outcome) => {
      const at = options.clock.now();
      options.process.ended(key, at);
      if (outcome.type === 'fenced') this.#finish({ reason: 'fenced' });
      else void this.give([factOf(outcome, at)]);
    });
  }

  /** How often the driver woke by itself. */
  get wakeCount(): number {
    return this.#wakeCount;
  }

  /** True when it stopped before its release was over: what it was given last may not be recorded. */
  get isGone(): boolean {
    return this.#end !== null && this.#end.reason !== 'over';
  }

  /** Folds facts and does what follows. Resolves, never rejects, when they are recorded (or this driver ended). */
  give(facts: readonly Fact[]): Promise<void> {
    if (this.#end !== null) return Promise.resolve();
    this.#inbox.push(...facts);
    // The turn that runs takes what came meanwhile.
    if (!this.#isTurning) {
      this.#isTurning = true;
      this.#turned = this.#turns();
    }
    return this.#turned;
  }

  /** Stops driving; the release goes on when somebody recovers it. Resolves when nothing more is written. */
  async detach(): Promise<void> {
    this.#finish({ reason: 'detached' });
    await this.ended;
  }

  async #turns(): Promise<void> {
    try {
      do {
        const facts = this.#inbox.splice(0);
        for (const step of this.#options.process.turn(facts, this.#options.clock.now())) {
          if (step.kind === 'append' || step.kind === 'confirm') await this.#waitFor(step);
          else this.#act(step);
          if (this.#end !== null) return;
        }
      } while (this.#inbox.length > 0);
    } catch (error) {
      await this.#lose(error);
      return;
    } finally {
      this.#isTurning = false;
      if (this.#end !== null) this.#resolveEnd(this.#end);
    }
    if (this.#options.process.isOver) this.#finish({ reason: 'over' });
    else this.#sleep();
  }

  #waitFor(step: Step & { readonly kind: 'append' | 'confirm' }): Promise<void> {
    return step.kind === 'append' ? this.#options.append(step.events) : this.#options.lease.confirm();
  }

  #act(step: Step & { readonly kind: 'start' | 'abort' }): void {
    if (step.kind === 'abort') this.#calls.abort(step.key);
    else this.#calls.start(step.effect, effectBoundMs(step.effect, this.#options.process.state.plan));
  }

  /** The journal refused. A lost lease is no defect: say goodbye as rule 8 allows, and stop. */
  async #lose(error: unknown): Promise<void> {
    const isLost = isBluegreenError(error) && error.reaction === 'fenced';
    this.#calls.abortAll();
    const wish = isLost && this.#end === null ? this.#options.process.farewell() : null;
    if (wish !== null) await this.#sendFarewell(wish);
    this.#finish(isLost ? { reason: 'fenced' } : { reason: 'broken', error });
    this.#resolveEnd(this.#end!);
  }

  #sendFarewell(effect: Effect): Promise<void> {
    const { clock, performer, process } = this.#options;
    return new Promise((resolve) => {
      const calls = new EffectCalls(clock, performer, () => resolve());
      calls.start(effect, effectBoundMs(effect, process.state.plan));
    });
  }

  #sleep(): void {
    const { process, clock } = this.#options;
    this.#cancelWake();
    const rest = this.#options.onRest === undefined ? null : process.rest();
    if (rest !== null) this.#options.onRest?.(rest);
    const now = clock.now();
    const at = process.wakeAt(now);
    if (at === null) return;
    this.#wake = clock.setTimeout(() => {
      this.#wake = null;
      this.#wakeCount++;
      void this.give([{ type: 'time-passed', at: clock.now() }]);
    }, at - now);
  }

  #cancelWake(): void {
    if (this.#wake !== null) this.#options.clock.clearTimeout(this.#wake);
    this.#wake = null;
  }

  #finish(end: DriveEnd): void {
    if (this.#end !== null) return;
    this.#end = end;
    this.#cancelWake();
    this.#calls.abortAll();
    if (!this.#isTurning) this.#resolveEnd(end);
  }
}
