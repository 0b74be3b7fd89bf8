import type { Slot } from '@bluegreen/contract';
import type { Operation } from '../faults/fault-plan.js';
import type { CallRecord } from './ledger.js';
import { serviceOf, type WorldCore } from './world-core.js';

/** A read that an orchestrator makes again and again, `everyMs` after it ended. */
export interface RepeatedRead {
  readonly operation: 'observe-routing' | 'observe-environment';
  readonly service: string;
  readonly slot: Slot | null;
  readonly owner: string;
  readonly everyMs: number;
  readonly dueAt: number;
}

/** Reads whose answers are known, made without a timer and without asking. */
export interface RepeatedReads {
  /** True when a read that was answered at `since` would be answered alike now, provided that no other timer ran. */
  isKnown(read: RepeatedRead, since: number): boolean;
  /**
   * Makes these reads as the clock would up to `until` (exclusive), as often as all of them have an answer by then, and
   * writes every call down. Nothing else may be due before. Answers when each ended last; `null`: not once.
   */
  make(reads: readonly RepeatedRead[], until: number): readonly (number | null)[];
  /** Calls so far that ended and changed nothing: each was the work of one timer. */
  readonly endedCount: number;
}

export function repeatedReadsOf(core: WorldCore): RepeatedReads {
  return {
    isKnown: (read, since) => isKnown(core, read, since),
    make: (reads, until) => new Repetition(core, reads).run(until),
    get endedCount() {
      return core.book.readsEnded;
    },
  };
}

function isKnown(core: WorldCore, read: RepeatedRead, since: number): boolean {
  const service = serviceOf(core, read.service);
  return core.schedule.isQuiet(read.operation, since) && service.traffic.steadyFrom <= since;
}

function latencyOf(core: WorldCore, { service, operation }: RepeatedRead): number {
  const { router, environment } = serviceOf(core, service).options;
  return operation === 'observe-routing' ? router.latencyMs : environment.latencyMs;
}

/** How many calls of one operation there were on one service. */
interface CallCount {
  readonly operation: Operation;
  readonly service: string;
  count: number;
  kept: number;
}

/** One of the reads while it is being repeated. */
class Repeating {
  readonly read: RepeatedRead;
  readonly latencyMs: number;
  readonly calls: CallCount;
  dueAt: number;
  /** The call under way, when its answer comes and as which of all timers. */
  call: CallRecord | null = null;
  endsAt = 0;
  order = 0;
  endedAt: number | null = null;
  /** When it ended last at a moment at which no read was under way. */
  keptEnd: number | null = null;

  constructor(read: RepeatedRead, latencyMs: number, calls: CallCount) {
    this.read = read;
    this.calls = calls;
    this.latencyMs = latencyMs;
    this.dueAt = read.dueAt;
  }
}

/** The clock and the orchestrator, as far as reads need them: one timer to wake, one for each call under way. */
class Repetition {
  readonly #core: WorldCore;
  readonly #reads: readonly Repeating[];
  readonly #counts: CallCount[] = [];
  #wakeAt = Number.POSITIVE_INFINITY;
  #order = 0;
  #underWay = 0;

  constructor(core: WorldCore, reads: readonly RepeatedRead[]) {
    this.#core = core;
    this.#reads = reads.map((read) => new Repeating(read, latencyOf(core, read), this.#countOf(read)));
    for (const { dueAt } of reads) this.#wakeAt = Math.min(this.#wakeAt, dueAt);
  }

  run(until: number): readonly (number | null)[] {
    const { calls } = this.#core.book;
    let kept = calls.length;
    for (;;) {
      const next = this.#nextAnswer();
      // At one instant the answer comes first: the timer to wake is set anew after every call that is started.
      const isAnswer = next !== null && next.endsAt <= this.#wakeAt;
      const now = isAnswer ? next.endsAt : this.#wakeAt;
      if (now >= until) break;
      if (isAnswer) this.#end(next, now);
      this.#startDue(now);
      if (this.#underWay > 0) continue;
      // What is under way at `until` is the clock's again, from its start: it was not made here.
      kept = calls.length;
      for (const read of this.#reads) read.keptEnd = read.endedAt;
      for (const calls of this.#counts) calls.kept = calls.count;
    }
    calls.length = kept;
    for (const counted of this.#counts) this.#core.schedule.setCalls(counted.operation, counted.service, counted.kept);
    return this.#reads.map(({ keptEnd }) => keptEnd);
  }

  #nextAnswer(): Repeating | null {
    let next: Repeating | null = null;
    for (const read of this.#reads) {
      if (read.call === null) continue;
      if (next === null || read.endsAt < next.endsAt || (read.endsAt === next.endsAt && read.order < next.order)) {
        next = read;
      }
    }
    return next;
  }

  /** A turn of the orchestrator: starts what is due, then sets its timer anew. */
  #startDue(now: number): void {
    this.#wakeAt = Number.POSITIVE_INFINITY;
    for (const read of this.#reads) {
      if (read.call !== null) continue;
      if (read.dueAt <= now) this.#start(read, now);
      else if (read.dueAt < this.#wakeAt) this.#wakeAt = read.dueAt;
    }
  }

  #start(repeating: Repeating, now: number): void {
    const { operation, service, slot, owner } = repeating.read;
    repeating.call = {
      at: now,
      operation,
      service,
      slot,
      call: ++repeating.calls.count,
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
    repeating.endsAt = now + repeating.latencyMs;
    repeating.order = ++this.#order;
    this.#underWay++;
    this.#core.book.calls.push(repeating.call);
  }

  #end(repeating: Repeating, now: number): void {
    const call = repeating.call!;
    call.endedAt = now;
    call.begunAtEnd = this.#core.book.calls.length;
    call.outcome = 'ok';
    repeating.call = null;
    repeating.endedAt = now;
    repeating.dueAt = now + repeating.read.everyMs;
    this.#underWay--;
  }

  #countOf({ operation, service }: RepeatedRead): CallCount {
    const known = this.#counts.find((one) => one.operation === operation && one.service === service);
    if (known !== undefined) return known;
    const count = this.#core.schedule.callsOf(operation, service);
    const calls = { operation, service, count, kept: count };
    this.#counts.push(calls);
    return calls;
  }
}
