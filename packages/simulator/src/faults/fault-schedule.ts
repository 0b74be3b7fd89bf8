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
    const counts = {
      anywhere: this.#count(operation),
      service: call,
      slot: slot === null ? 0 : this.#count(`${operation} ${service} ${slot}`),
      slotAnywhere: slot === null ? 0 : this.#count(`${operation} * ${slot}`),
    };
    let fault: CallFault | null = null;
    let before: TriggeredFault[] | null = null;
    for (const one of planned) {
      if (!isTurn(one, service, slot, counts)) continue;
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

  /** True when calls of this operation are only counted: none has a fault planned, and no outage comes to an end. */
  isQuiet(operation: Operation, now: number): boolean {
    if (this.#planned.has(operation) || this.#outages.some(({ until }) => until > now)) return false;
    return !this.#disturbances.some((each) => each.left > 0 && each.operation === operation);
  }

  /** How many calls of this operation were counted on this service. */
  callsOf(operation: Operation, service: string): number {
    return this.#calls.get(service)?.[operation] ?? 0;
  }

  /** Takes over a count of calls for none of which anything is planned. */
  setCalls(operation: Operation, service: string, count: number): void {
    this.#callsOn(service)[operation] = count;
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

  #count(name: string): number {
    const count = (this.#counts.get(name) ?? 0) + 1;
    this.#counts.set(name, count);
    return count;
  }
}

type TimedFault = Extract<PlannedFault, WorldFault>;

interface Counts {
  readonly anywhere: number;
  readonly service: number;
  readonly slot: number;
  readonly slotAnywhere: number;
}

function isTurn(planned: AtCallFault, service: string, slot: Slot | null, counts: Counts): boolean {
  const { at } = planned;
  if (at.service !== undefined && at.service !== service) return false;
  if (at.slot !== undefined && at.slot !== slot) return false;
  const inService = at.slot === undefined ? counts.service : counts.slot;
  const anywhere = at.slot === undefined ? counts.anywhere : counts.slotAnywhere;
  const turn = (at.service === undefined ? anywhere : inService) - at.call;
  const times = at.times ?? (planned.fault === 'flapping' ? 4 : 1);
  if (turn < 0 || turn >= times) return false;
  return planned.fault !== 'flapping' || turn % 2 === 0;
}

function isWorldFault(planned: PlannedFault): planned is TimedFault {
  return faultCatalogue[planned.fault].operations === null;
}

function triggeredBy(planned: TimedFault): TriggeredFault {
  return { fault: planned, service: planned.at.service ?? null, delayMs: planned.delayMs ?? 0 };
}
