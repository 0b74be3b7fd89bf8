import {
  type AnalysisMemory,
  factOf,
  type JudgeEffect,
  type Outcome,
  type Performer,
  type ReadEffect,
  type ReleaseProcess,
  type Rest,
} from '@bluegreen/core/driving';
import type { Effect } from '@bluegreen/machine';
import type { VirtualClock } from '../clock/virtual-clock.js';
import type { Repeated, RepeatedCalls } from '../world/repeated-calls.js';
import { askedBy, RepeatedLook } from './repeated-look.js';

export interface QuietStretchOptions {
  readonly clock: VirtualClock;
  readonly process: ReleaseProcess;
  /** What the judges of the release learnt, as its performer has it. */
  readonly memory: AnalysisMemory;
  readonly calls: RepeatedCalls;
  readonly owner: string;
  /** Nothing is done from this instant on. */
  readonly horizon: number;
  /** How often the driver woke by itself. */
  wakeCount(): number;
}

type Observed = Extract<Outcome, { readonly type: 'routing-observed' | 'environment-observed' }>;

/** A read that was answered, and what went before. */
interface Answered {
  readonly at: number;
  readonly outcome: Observed;
  readonly elsewhere: number;
}

/**
 * Goes through the time in which nothing happens. Most of a release is such time: its reads show what the last ones
 * showed, and its judges say what they said, until a hold is over. Here all of it is made and written down without a
 * timer, an answer and a turn of the process for each; what comes out is the same, byte for byte.
 *
 * What a read would answer is known only when nothing else ran on the clock and no fault befell the world since it was
 * answered, when that answer tells the process nothing in the state that it is in, and when the world says that nothing wears off by itself. What is
 * measured is not known: it is measured and judged at its instant, and the first judgement that is news ends the stretch.
 */
export class QuietStretch {
  readonly #options: QuietStretchOptions;
  readonly #answered = new Map<string, Answered>();

  constructor(options: QuietStretchOptions) {
    this.#options = options;
  }

  /** A performer that tells this stretch what was answered. */
  watch(performer: Performer): Performer {
    return {
      perform: (effect, call, done) =>
        performer.perform(effect, call, (outcome) => {
          this.#note(effect, outcome);
          done(outcome);
        }),
    };
  }

  /** Takes the release on to where something happens again. */
  skip({ reads, looks, until }: Rest): void {
    const { clock, process, horizon, memory, calls } = this.#options;
    const now = clock.now();
    let end = Math.min(until, clock.nextDueAt() ?? Number.POSITIVE_INFINITY, horizon);
    const keys: string[] = [];
    const repeated: Repeated[] = [];
    const elsewhere = this.#eventsElsewhere();
    for (const { effect, dueAt } of reads) {
      const read = this.#readOf(effect, dueAt);
      // What nobody knows is asked for on the clock.
      if (!this.#isKnown(effect, read, elsewhere)) {
        end = Math.min(end, dueAt);
        continue;
      }
      keys.push(effect.key);
      repeated.push(read);
    }
    const draft = looks.length === 0 ? memory : memory.copy();
    for (const { effect, dueAt } of looks) {
      keys.push(effect.key);
      repeated.push(this.#lookOf(effect, dueAt, draft));
    }
    if (!repeated.some(({ dueAt }) => dueAt < end)) return;
    const ends: [string, number][] = [];
    calls.make(repeated, end).forEach((endedAt, index) => {
      if (endedAt !== null) ends.push([keys[index]!, endedAt]);
    });
    if (ends.length > 0) process.repeated(ends, now);
  }

  #note({ key }: Effect, outcome: Outcome): void {
    if (outcome.type !== 'routing-observed' && outcome.type !== 'environment-observed') return;
    this.#answered.set(key, { at: this.#options.clock.now(), outcome, elsewhere: this.#eventsElsewhere() });
  }

  #isKnown({ key }: ReadEffect, read: Repeated, elsewhere: number): boolean {
    const { calls, process, clock } = this.#options;
    const answered = this.#answered.get(key);
    if (answered === undefined || answered.elsewhere !== elsewhere) return false;
    return calls.isKnown(read, answered.at) && process.tellsNothing(factOf(answered.outcome, clock.now()));
  }

  /** Timers that were neither the answer to a read nor the driver's own, and faults of the world: neither gets fewer. */
  #eventsElsewhere(): number {
    const { clock, calls, wakeCount } = this.#options;
    return clock.eventCount - calls.endedCount - wakeCount() + calls.faultCount;
  }

  #readOf(effect: ReadEffect, dueAt: number): Repeated {
    const { owner } = this.#options;
    const { kind: operation, service, everyMs } = effect;
    const slot = effect.kind === 'observe-environment' ? effect.slot : null;
    return { operation, places: [{ service, slot }], owner, everyMs, dueAt, look: null };
  }

  #lookOf(effect: JudgeEffect, dueAt: number, draft: AnalysisMemory): Repeated {
    const { owner, process, memory, calls } = this.#options;
    const look = new RepeatedLook({ effect, process, memory, draft, calls });
    const places = askedBy({ effect }).map(([service]) => ({ service, slot: null }));
    return { operation: 'metrics', places, owner, everyMs: effect.everyMs, dueAt, look };
  }
}
