import type { Slot } from '@bluegreen/contract';
import { faultCatalogue } from './catalogue.js';
import type { AtCall, CallFault, Operation, PlannedFault, WorldFault } from './fault-plan.js';

/** What a plan has for one call. */
export interface CallFaults {
  /** Which call of this operation on this service it is, from 1. */
  readonly call: number;
  readonly fault: CallFault | null;
  /** Faults of the world that happen just before it. */
  readonly before: readonly TriggeredFault[];
}

export interface TriggeredFault {
  readonly fault: WorldFault;
  /** `null`: every service. */
  readonly service: string | null;
  readonly delayMs: number;
}

type AtCallFault = Extract<PlannedFault, { readonly at: AtCall }>;

const nothing: readonly TriggeredFault[] = [];

/** Counts calls and says which planned fault has come to its turn. */
export class FaultSchedule {
  readonly #planned = new Map<Operation, AtCallFault[]>();
  readonly #timed: (TriggeredFault & { readonly time: number })[] = [];
  /** Per service, the calls of each operation. */
  readonly #calls = new Map<string, Record<Operation, number>>();
  /** Other counts, which only a plan for their operation needs. */
  readonly #counts = new Map<string, number>();
  /** What somebody wants for the calls to come; the plan goes before it. */
  readonly #disturbances: { readonly operation: Operation; readonly fault: CallFault; left: number }[] = [];
  /** Reads of each place since it began to flap. */
  readonly #flaps = new Map<AtCallFault, Map<string, number>>();
  readonly #outages: { until: number; service: string | null; operations: readonly Operation[] | null }[] = [];

  constructor(faults: readonly PlannedFault[]) {
    for (const planned of faults) {
      if ('time' in planned.at) {
        this.#timed.push({ ...triggeredBy(planned as TimedFault), time: planned.at.time });
      } else {
        const list = this.#planned.get(planned.at.operation);
        if (list === undefined) this.#planned.set(planned.at.operation, [planned as AtCallFault]);
        else list.push(planned as AtCallFault);
      }
    }
  }

  /** The faults that come at an instant; `time` counts from the beginning of the world. */
  get timed(): readonly (TriggeredFault & { readonly time: number })[] {
    return this.#timed;
  }

  /** Counts one call and takes what the plan has for it. The first fault that fits wins. */
  take(operation: Operation, service: string, slot: Slot | null): CallFaults {
    const call = this.#countCall(operation, service);
    const planned = this.#planned.get(operation);
    if (planned === undefined) return { call, fault: this.#disturbance(operation), before: nothing };
    for (const name of countNames(operation, service, slot)) this.#count(name, 1);
    let fault: CallFault | null = null;
    let before: TriggeredFault[] | null = null;
    for (const one of planned) {
      if (!this.#isTurn(one, service, slot)) continue;
      if (!isWorldFault(one)) {
        fault ??= one;
      } else {
        before ??= [];
        before.push(triggeredBy(one));
      }
    }
    return { call, fault: fault ?? this.#disturbance(operation), before: before ?? nothing };
  }

  /** The next calls of this operation go wrong, until so many did or the returned function is called. */
  disturb(operation: Operation, fault: CallFault, times: number): () => void {
    const disturbance = { operation, fault, left: times };
    this.#disturbances.push(disturbance);
    return () => {
      disturbance.left = 0;
    };
  }

  /** How many calls of this operation, at least, are only counted from now on: none of them has a fault. */
  quietCalls(operation: Operation, now: number): number {
    if (this.#outages.some(({ until }) => until > now)) return 0;
    if (this.#disturbances.some((each) => each.left > 0 && each.operation === operation)) return 0;
    let quiet = Number.POSITIVE_INFINITY;
    for (const planned of this.#planned.get(operation) ?? []) {
      const counted = this.#counts.get(countName(planned.at)) ?? 0;
      if (counted + 1 - planned.at.call < timesOf(planned)) quiet = Math.min(quiet, planned.at.call - 1 - counted);
    }
    return Math.max(0, quiet);
  }

  /** How many calls of this operation were counted on this service. */
  callsOf(operation: Operation, service: string): number {
    return this.#calls.get(service)?.[operation] ?? 0;
  }

  /** Counts calls that have no fault. */
  noteCalls(operation: Operation, service: string, slot: Slot | null, count: number): void {
    this.#callsOn(service)[operation] += count;
    if (!this.#planned.has(operation)) return;
    for (const name of countNames(operation, service, slot)) this.#count(name, count);
  }

  beginOutage(until: number, service: string | null, operations: readonly Operation[] | null): void {
    this.#outages.push({ until, service, operations });
  }

  isDown(now: number, operation: Operation, service: string): boolean {
    return this.#outages.some(
      (outage) =>
        outage.until > now &&
        (outage.service === null || outage.service === service) &&
        (outage.operations === null || outage.operations.includes(operation)),
    );
  }

  #disturbance(operation: Operation): CallFault | null {
    const next = this.#disturbances.find((each) => each.left > 0 && each.operation === operation);
    if (next === undefined) return null;
    next.left--;
    return next.fault;
  }

  #countCall(operation: Operation, service: string): number {
    return ++this.#callsOn(service)[operation];
  }

  #callsOn(service: string): Record<Operation, number> {
    const known = this.#calls.get(service);
    if (known !== undefined) return known;
    const counts = { route: 0, 'observe-routing': 0, converge: 0, 'observe-environment': 0, metrics: 0, check: 0 };
    this.#calls.set(service, counts);
    return counts;
  }

  #count(name: string, count: number): void {
    this.#counts.set(name, (this.#counts.get(name) ?? 0) + count);
  }

  #isTurn(planned: AtCallFault, service: string, slot: Slot | null): boolean {
    const { at } = planned;
    if (at.service !== undefined && at.service !== service) return false;
    if (at.slot !== undefined && at.slot !== slot) return false;
    const turn = this.#counts.get(countName(at))! - at.call;
    if (turn < 0 || turn >= timesOf(planned)) return false;
    return planned.fault !== 'flapping' || this.#flap(planned, `${service} ${slot}`);
  }

  /** Old, new, old again is what one place says: the slots are read in turns, and each has its own. */
  #flap(planned: AtCallFault, place: string): boolean {
    const reads = this.#flaps.get(planned) ?? new Map<string, number>();
    const before = reads.get(place) ?? 0;
    this.#flaps.set(planned, reads.set(place, before + 1));
    return before % 2 === 0;
  }
}

type TimedFault = Extract<PlannedFault, WorldFault>;

/** The names of everything that counts one call. */
function countNames(operation: Operation, service: string, slot: Slot | null): readonly string[] {
  const everywhere = [operation, `${operation} ${service}`];
  return slot === null ? everywhere : [...everywhere, `${operation} ${service} ${slot}`, `${operation} * ${slot}`];
}

/** The name of what counts the calls that a fault is planned for. */
function countName({ operation, service, slot }: AtCall): string {
  if (slot !== undefined) return `${operation} ${service ?? '*'} ${slot}`;
  return service === undefined ? operation : `${operation} ${service}`;
}

/** How many calls in a row it befalls. */
function timesOf({ at, fault }: AtCallFault): number {
  if (at.times !== undefined) return at.times;
  if (fault !== 'flapping') return 1;
  return at.operation === 'observe-environment' && at.slot === undefined ? 8 : 4;
}

function isWorldFault(planned: PlannedFault): planned is TimedFault {
  return faultCatalogue[planned.fault].operations === null;
}

function triggeredBy(planned: TimedFault): TriggeredFault {
  return { fault: planned, service: planned.at.service ?? null, delayMs: planned.delayMs ?? 0 };
}
