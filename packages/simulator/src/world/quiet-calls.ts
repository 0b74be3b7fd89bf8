import type { Slot } from '@bluegreen/contract';
import type { Operation } from '../faults/fault-plan.js';
import type { CallRecord } from './ledger.js';

/** Calls that were made at once, and again `everyMs` after they were answered, all of them well. */
export interface CallSeries {
  readonly operation: Operation;
  /** One call each, in this order. */
  readonly places: readonly { readonly service: string; readonly slot: Slot | null }[];
  readonly owner: string;
  readonly everyMs: number;
  readonly latencyMs: number;
  /** When they were made first. */
  readonly dueAt: number;
  /** By place: how many calls of the operation there were on its service before. */
  readonly before: readonly number[];
}

/** A series while its calls are written down. */
interface Playing {
  readonly series: CallSeries;
  readonly calls: CallRecord[];
  dueAt: number;
  endsAt: number;
  order: number;
}

/**
 * Calls of a time in which nothing happened, as few words as say what they were: most of a release is such time, and nobody
 * reads most of its calls. They are written out when somebody does.
 */
export class QuietCalls {
  readonly count: number;
  /** When the last one was answered. */
  readonly endedAt: number;
  readonly #all: readonly CallSeries[];

  constructor(all: readonly CallSeries[], endedAt: number, count: number) {
    this.#all = all;
    this.endedAt = endedAt;
    this.count = count;
  }

  /** All of them, as the clock would have made them one after the other; `begunBefore` calls were made before the first. */
  print(begunBefore: number): readonly CallRecord[] {
    const printed: CallRecord[] = [];
    const counts = new Map<string, number>();
    const all = this.#all.map((series) => playing(series, counts));
    let wakeAt = Math.min(...all.map(({ dueAt }) => dueAt));
    let order = 0;
    for (;;) {
      const next = nextAnswer(all);
      // At one instant the answer comes first: the timer to wake is set anew after every call that is started.
      const isAnswer = next !== null && next.endsAt <= wakeAt;
      const now = isAnswer ? next.endsAt : wakeAt;
      if (now > this.endedAt) return printed;
      if (isAnswer) end(next, now, begunBefore + printed.length);
      wakeAt = Number.POSITIVE_INFINITY;
      for (const each of all) {
        if (each.calls.length > 0) continue;
        if (each.dueAt <= now) start(each, now, ++order, counts, printed);
        else wakeAt = Math.min(wakeAt, each.dueAt);
      }
    }
  }
}

function playing(series: CallSeries, counts: Map<string, number>): Playing {
  series.places.forEach(({ service }, index) => {
    counts.set(`${series.operation} ${service}`, series.before[index]!);
  });
  return { series, calls: [], dueAt: series.dueAt, endsAt: 0, order: 0 };
}

function nextAnswer(all: readonly Playing[]): Playing | null {
  let next: Playing | null = null;
  for (const each of all) {
    if (each.calls.length === 0) continue;
    if (next === null || each.endsAt < next.endsAt || (each.endsAt === next.endsAt && each.order < next.order)) {
      next = each;
    }
  }
  return next;
}

function start(each: Playing, now: number, order: number, counts: Map<string, number>, printed: CallRecord[]): void {
  const { operation, places, owner, latencyMs } = each.series;
  for (const { service, slot } of places) {
    const name = `${operation} ${service}`;
    const call = counts.get(name)! + 1;
    counts.set(name, call);
    const record = callRecord(now, operation, service, slot, call, owner);
    each.calls.push(record);
    printed.push(record);
  }
  each.endsAt = now + latencyMs;
  each.order = order;
}

function end(each: Playing, now: number, begunAtEnd: number): void {
  for (const call of each.calls) {
    call.endedAt = now;
    call.begunAtEnd = begunAtEnd;
    call.outcome = 'ok';
  }
  each.calls.length = 0;
  each.dueAt = now + each.series.everyMs;
}

/** A read without a fault, before it is answered. Written out: a spread here costs ten times all the rest of a call. */
function callRecord(
  at: number,
  operation: Operation,
  service: string,
  slot: Slot | null,
  call: number,
  owner: string,
): CallRecord {
  return {
    at,
    operation,
    service,
    slot,
    call,
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
}
