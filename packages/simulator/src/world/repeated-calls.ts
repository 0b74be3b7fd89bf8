import type { Slot } from '@bluegreen/contract';
import { type Measured, type Measurement, measure } from './metrics-operation.js';
import { type CallSeries, QuietCalls } from './quiet-calls.js';
import { serviceOf, type WorldCore } from './world-core.js';

/** Calls that an orchestrator makes at once, and again `everyMs` after the last of them was answered. */
export interface Repeated {
  readonly operation: 'observe-routing' | 'observe-environment' | 'metrics';
  /** One call each, in this order. */
  readonly places: readonly { readonly service: string; readonly slot: Slot | null }[];
  readonly owner: string;
  readonly everyMs: number;
  readonly dueAt: number;
  /** `null`: what is answered is known. */
  readonly look: Look | null;
}

/** Looks at answers that nobody knows yet. */
export interface Look {
  begin(now: number): void;
  /** False: it tells something new, which has to be heard on the clock. */
  end(now: number): boolean;
  /** What it showed up to this instant, one of its ends, stands; nothing after it does. */
  keep(endedAt: number): void;
}

/** Calls that are made without a timer: reads whose answers are known, and measurements. */
export interface RepeatedCalls {
  /**
   * True when a read that was answered at `since` would be answered alike now, provided that no other timer ran and that no
   * fault befell the world.
   */
  isKnown(read: Repeated, since: number): boolean;
  /** What a metric source that is in order answers now. */
  measure(measurement: Measurement, now: number): Measured;
  /**
   * Makes these calls as the clock would, up to `until` (exclusive), or until a look tells something new or a call would
   * meet a fault; as often as all of them have an answer by then. Nothing else may be due before. Answers when each ended
   * last; `null`: not once.
   */
  make(all: readonly Repeated[], until: number): readonly (number | null)[];
  /** Calls so far that ended and changed nothing: each was the work of one timer. */
  readonly endedCount: number;
  /** Faults of the world so far: some happen when a call begins, without a timer of their own. */
  readonly faultCount: number;
}

export function repeatedCallsOf(core: WorldCore): RepeatedCalls {
  return {
    isKnown: ({ operation, places }, since) =>
      core.book.isSoundSince(operation, since) &&
      places.every(({ service }) => serviceOf(core, service).traffic.steadyFrom <= since),
    measure: (measurement, now) => measure(core, measurement, now),
    make: (all, until) => make(core, all, until),
    get endedCount() {
      return core.book.readsEnded;
    },
    get faultCount() {
      return core.book.faults.length;
    },
  };
}

function make(core: WorldCore, repeated: readonly Repeated[], until: number): readonly (number | null)[] {
  const all = repeated.map((each) => new Repeating(core, each));
  let end = until;
  for (const each of all) {
    const sharing = all.filter(({ repeated: { operation } }) => operation === each.repeated.operation);
    end = Math.min(end, each.beginOf(quietRounds(core, each.repeated, sharing)));
  }
  end = lookUntil(all, end);
  for (const each of all) each.runUntil(end);
  const restedAt = lastRest(all, end);
  if (restedAt === null) return all.map(() => null);
  return keep(core, all, restedAt);
}

/** How often these calls can be made before one of their operation may meet a fault. */
function quietRounds(core: WorldCore, { operation }: Repeated, sharing: readonly Repeating[]): number {
  const atOnce = sharing.reduce((sum, { repeated: { places } }) => sum + places.length, 0);
  return Math.floor(core.schedule.quietCalls(operation, core.clock.now()) / atOnce);
}

/** Every look that ends before `end`, in order. Answers until when they tell nothing new. */
function lookUntil(all: readonly Repeating[], end: number): number {
  const looking = all.filter(({ repeated }) => repeated.look !== null);
  for (;;) {
    let next: Repeating | null = null;
    for (const each of looking) if (next === null || each.nextEnd < next.nextEnd) next = each;
    if (next === null || next.nextEnd >= end) return end;
    const endsAt = next.nextEnd;
    const look = next.repeated.look!;
    look.begin(next.nextBegin);
    if (!look.end(endsAt)) return endsAt;
    next.goOn();
  }
}

/** The last answer before `end` at which nothing is under way: what is then is the clock's again, from its start. */
function lastRest(all: readonly Repeating[], end: number): number | null {
  let before = end;
  for (;;) {
    let rest = Number.NEGATIVE_INFINITY;
    for (const each of all) rest = Math.max(rest, each.lastEndBefore(before));
    if (rest === Number.NEGATIVE_INFINITY) return null;
    before = Number.POSITIVE_INFINITY;
    for (const each of all) before = Math.min(before, each.underWaySince(rest));
    if (before === Number.POSITIVE_INFINITY) return rest;
  }
}

function keep(core: WorldCore, all: readonly Repeating[], restedAt: number): readonly (number | null)[] {
  const { schedule, book } = core;
  const series: CallSeries[] = [];
  let count = 0;
  for (const { repeated, latencyMs } of all) {
    const { operation, places, owner, everyMs, dueAt } = repeated;
    const before = places.map(({ service }) => schedule.callsOf(operation, service));
    series.push({ operation, places, owner, everyMs, latencyMs, dueAt, before });
  }
  const ends = all.map((each) => {
    const { operation, places, look } = each.repeated;
    const rounds = each.endsUntil(restedAt);
    for (const { service, slot } of places) schedule.noteCalls(operation, service, slot, rounds);
    count += rounds * places.length;
    if (rounds === 0) return null;
    const endedAt = each.endOf(rounds - 1);
    look?.keep(endedAt);
    return endedAt;
  });
  book.quiet(new QuietCalls(series, restedAt, count));
  return ends;
}

/** One of those that are repeated. Instants are added up as the clock does it, or they would differ in their last bits. */
class Repeating {
  readonly repeated: Repeated;
  readonly latencyMs: number;
  readonly #begins: number[] = [];
  nextBegin: number;
  nextEnd: number;

  constructor(core: WorldCore, repeated: Repeated) {
    this.repeated = repeated;
    this.latencyMs = latencyOf(core, repeated);
    this.nextBegin = repeated.dueAt;
    this.nextEnd = repeated.dueAt + this.latencyMs;
  }

  goOn(): void {
    this.#begins.push(this.nextBegin);
    this.nextBegin = this.nextEnd + this.repeated.everyMs;
    this.nextEnd = this.nextBegin + this.latencyMs;
  }

  /** Notes every round that begins before `end`. */
  runUntil(end: number): void {
    while (this.nextBegin < end) this.goOn();
  }

  /** When the round after so many begins, at the earliest. */
  beginOf(rounds: number): number {
    if (rounds === Number.POSITIVE_INFINITY) return rounds;
    let begin = this.repeated.dueAt;
    for (let round = 0; round < rounds; round++) begin = begin + this.latencyMs + this.repeated.everyMs;
    return begin;
  }

  endOf(round: number): number {
    return this.#begins[round]! + this.latencyMs;
  }

  /** How many rounds ended at `instant` or before. */
  endsUntil(instant: number): number {
    let rounds = this.#begins.length;
    while (rounds > 0 && this.endOf(rounds - 1) > instant) rounds--;
    return rounds;
  }

  lastEndBefore(instant: number): number {
    let round = this.#begins.length - 1;
    while (round >= 0 && this.endOf(round) >= instant) round--;
    return round < 0 ? Number.NEGATIVE_INFINITY : this.endOf(round);
  }

  /** Since when a round is under way at `instant`; infinity: none is. */
  underWaySince(instant: number): number {
    let round = this.#begins.length - 1;
    while (round >= 0 && this.#begins[round]! > instant) round--;
    return round < 0 || this.endOf(round) <= instant ? Number.POSITIVE_INFINITY : this.#begins[round]!;
  }
}

function latencyOf(core: WorldCore, { places, operation }: Repeated): number {
  if (operation === 'metrics') return core.metrics.latencyMs;
  const { router, environment } = serviceOf(core, places[0]!.service).options;
  return operation === 'observe-routing' ? router.latencyMs : environment.latencyMs;
}
