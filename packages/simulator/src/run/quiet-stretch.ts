import type { Outcome, Performer, ReadEffect, ReleaseProcess, Rest } from '@bluegreen/core/driving';
import type { Effect, ReleaseState } from '@bluegreen/machine';
import type { VirtualClock } from '../clock/virtual-clock.js';
import type { RepeatedRead, RepeatedReads } from '../world/repeated-reads.js';

export interface QuietStretchOptions {
  readonly clock: VirtualClock;
  readonly process: ReleaseProcess;
  readonly reads: RepeatedReads;
  readonly owner: string;
  /** Nothing is done from this instant on. */
  readonly horizon: number;
  /** How often the driver woke by itself. */
  wakeCount(): number;
}

/** A read that was answered, and what went before. */
interface Answered {
  readonly at: number;
  /** The state that was told of it. */
  readonly state: ReleaseState;
  readonly elsewhere: number;
}

/**
 * Goes through the time in which nothing happens. Most of a release is such time: its reads show what the last ones
 * showed, until a hold is over or a metric is due. Here they are made and written down without a timer, an answer and a
 * turn of the process for each; what comes out is the same, byte for byte.
 *
 * What they would answer is known only when nothing else ran on the clock since each was answered, when the process has
 * been told of that answer in the very state that it is in, and when the world says that nothing wears off by itself.
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
  skip({ reads, until }: Rest): void {
    const { clock, process, horizon } = this.#options;
    const end = Math.min(until, clock.nextDueAt() ?? Number.POSITIVE_INFINITY, horizon);
    // Neither is worth anything unless each can be made once.
    if (reads.some(({ dueAt }) => dueAt >= end)) return;
    const elsewhere = this.#eventsElsewhere();
    const repeated: RepeatedRead[] = [];
    for (const { effect, dueAt } of reads) {
      const read = this.#readOf(effect, dueAt);
      const answered = this.#answered.get(effect.key);
      if (answered?.state !== process.state || answered.elsewhere !== elsewhere) return;
      if (!this.#options.reads.isKnown(read, answered.at)) return;
      repeated.push(read);
    }
    const ends: [string, number][] = [];
    this.#options.reads.make(repeated, end).forEach((endedAt, index) => {
      if (endedAt !== null) ends.push([reads[index]!.effect.key, endedAt]);
    });
    if (ends.length > 0) process.repeated(ends, clock.now());
  }

  #note(effect: Effect, { type }: Outcome): void {
    if (type !== 'routing-observed' && type !== 'environment-observed') return;
    const { clock, process } = this.#options;
    this.#answered.set(effect.key, { at: clock.now(), state: process.state, elsewhere: this.#eventsElsewhere() });
  }

  /** Timers that were neither the answer to a read nor the driver's own. */
  #eventsElsewhere(): number {
    const { clock, reads, wakeCount } = this.#options;
    return clock.eventCount - reads.endedCount - wakeCount();
  }

  #readOf(effect: ReadEffect, dueAt: number): RepeatedRead {
    const { owner } = this.#options;
    const { kind: operation, service, everyMs } = effect;
    const slot = effect.kind === 'observe-environment' ? effect.slot : null;
    return { operation, service, slot, owner, everyMs, dueAt };
  }
}
