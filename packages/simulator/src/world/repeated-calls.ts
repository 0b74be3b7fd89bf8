import type { Slot } from '@bluegreen/contract';
import type { CallRecord } from './ledger.js';
import { type Measured, type Measurement, measure } from './metrics-operation.js';
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
  /** What it showed so far stands. */
  keep(): void;
}

/** Calls that are made without a timer: reads whose answers are known, and measurements. */
export interface RepeatedCalls {
  /** True when a read that was answered at `since` would be answered alike now, provided that no other timer ran. */
  isKnown(read: Repeated, since: number): boolean;
  /** True when such calls are answered as they should be. */
  isUndisturbed(calls: Repeated, now: number): boolean;
  /** What a metric source that is in order answers now. */
  measure(measurement: Measurement, now: number): Measured;
  /**
   * Makes these calls as the clock would, up to `until` (exclusive) or until a look tells something new, as often as all of
   * them have an answer by then, and writes every call down. Nothing else may be due before. Answers when each ended last;
   * `null`: not once.
   */
  make(all: readonly Repeated[], until: number): readonly (number | null)[];
  /** Calls so far that ended and changed nothing: each was the work of one timer. */
  readonly endedCount: number;
}

export function repeatedCallsOf(core: WorldCore): RepeatedCalls {
  return {
    isKnown: (read, since) => isUndisturbed(core, read, since) && isSteady(core, read, since),
    isUndisturbed: (calls, now) => isUndisturbed(core, calls, now),
    measure: (measurement, now) => measure(core, measurement, now),
    make: (all, until) => new Repetition(core, all).run(until),
    get endedCount() {
      return core.book.readsEnded;
    },
  };
}

function isUndisturbed(core: WorldCore, { operation }: Repeated, now: number): boolean {
  return core.schedule.isQuiet(operation, now);
}

function isSteady(core: WorldCore, { places }: Repeated, since: number): boolean {
  return places.every(({ service }) => serviceOf(core, service).traffic.steadyFrom <= since);
}

function latencyOf(core: WorldCore, { places, operation }: Repeated): number {
  if (operation === 'metrics') return core.metrics.latencyMs;
  const { router, environment } = serviceOf(core, places[0]!.service).options;
  return operation === 'observe-routing' ? router.latencyMs : environment.latencyMs;
}

/** How many calls of one operation there were on one service. */
interface CallCount {
  readonly operation: Repeated['operation'];
  readonly service: string;
  count: number;
  kept: number;
}

/** One of those that are repeated, while they are. */
class Repeating {
  readonly repeated: Repeated;
  readonly latencyMs: number;
  readonly counts: readonly CallCount[];
  dueAt: number;
  /** The calls under way, when their answers come and as which of all timers. */
  readonly calls: CallRecord[] = [];
  endsAt = 0;
  order = 0;
  endedAt: number | null = null;
  /** When it ended last at a moment at which nothing was under way. */
  keptEnd: number | null = null;

  constructor(repeated: Repeated, latencyMs: number, counts: readonly CallCount[]) {
    this.repeated = repeated;
    this.latencyMs = latencyMs;
    this.counts = counts;
    this.dueAt = repeated.dueAt;
  }
}

/** The clock and the orchestrator, as far as such calls need them: one timer to wake, one for each call under way. */
class Repetition {
  readonly #core: WorldCore;
  readonly #all: readonly Repeating[];
  readonly #counts: CallCount[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;
  #order = 0;
  #underWay = 0;

  constructor(core: WorldCore, all: readonly Repeated[]) {
    this.#core = core;
    this.#all = all.map((each) => new Repeating(each, latencyOf(core, each), this.#countsOf(each)));
    for (const { dueAt } of all) this.#wakeAt = Math.min(this.#wakeAt, dueAt);
  }

  run(until: number): readonly (number | null)[] {
    const { calls } = this.#core.book;
    let kept = calls.length;
    for (;;) {
      const next = this.#nextAnswer();
      // At one instant the answer comes first: the timer to wake is set anew after every call that is started.
      const isAnswer = next !== null && next.endsAt <= this.#wakeAt;
      const now = isAnswer ? next.endsAt : this.#wakeAt;
      if (now >= until || (isAnswer && !this.#end(next, now))) break;
      this.#startDue(now);
      if (this.#underWay > 0) continue;
      // What is under way when this ends is the clock's again, from its start: it was not made here.
      kept = calls.length;
      this.#keep();
    }
    calls.length = kept;
    for (const counted of this.#counts) this.#core.schedule.setCalls(counted.operation, counted.service, counted.kept);
    return this.#all.map(({ keptEnd }) => keptEnd);
  }

  #nextAnswer(): Repeating | null {
    let next: Repeating | null = null;
    for (const each of this.#all) {
      if (each.calls.length === 0) continue;
      if (next === null || each.endsAt < next.endsAt || (each.endsAt === next.endsAt && each.order < next.order)) {
        next = each;
      }
    }
    return next;
  }

  /** A turn of the orchestrator: starts what is due, then sets its timer anew. */
  #startDue(now: number): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    for (const each of this.#all) {
      if (each.calls.length > 0) continue;
      if (each.dueAt <= now) this.#start(each, now);
      else if (each.dueAt < this.#wakeAt) this.#wakeAt = each.dueAt;
    }
  }

  #start(repeating: Repeating, now: number): void {
    const { operation, places, owner, look } = repeating.repeated;
    look?.begin(now);
    for (let index = 0; index < places.length; index++) {
      const { service, slot } = places[index]!;
      const call: CallRecord = {
        at: now,
        operation,
        service,
        slot,
        call: ++repeating.counts[index]!.count,
        owner,
        key: null,
        fence: null,
        reaches: null,
        fault: null,
        endedAt: null,
        begunAtEnd: null,
        outcome: null,
        isUnknown: false,
        landedAt: null,
      };
      repeating.calls.push(call);
      this.#core.book.calls.push(call);
    }
    repeating.endsAt = now + repeating.latencyMs;
    repeating.order = ++this.#order;
    this.#underWay++;
  }

  /** False: nothing of this is to be kept. */
  #end(repeating: Repeating, now: number): boolean {
    const { look, everyMs } = repeating.repeated;
    for (const call of repeating.calls) {
      call.endedAt = now;
      call.begunAtEnd = this.#core.book.calls.length;
      call.outcome = 'ok';
    }
    repeating.calls.length = 0;
    repeating.endedAt = now;
    repeating.dueAt = now + everyMs;
    this.#underWay--;
    return look === null || look.end(now);
  }

  #keep(): void {
    for (const each of this.#all) {
      if (each.keptEnd === each.endedAt) continue;
      each.keptEnd = each.endedAt;
      each.repeated.look?.keep();
    }
    for (const calls of this.#counts) calls.kept = calls.count;
  }

  #countsOf({ operation, places }: Repeated): readonly CallCount[] {
    return places.map(({ service }) => {
      const known = this.#counts.find((one) => one.operation === operation && one.service === service);
      if (known !== undefined) return known;
      const count = this.#core.schedule.callsOf(operation, service);
      const calls = { operation, service, count, kept: count };
      this.#counts.push(calls);
      return calls;
    });
  }
}
