import type { Clock, Slot } from '@bluegreen/contract';
import type { Operation } from '../faults/fault-plan.js';
import type { RunningDeployment } from './deployment.js';
import type {
  CallRecord,
  FaultRecord,
  IrreversibleRecord,
  ReadinessRecord,
  RoutingRecord,
  TendingRecord,
} from './ledger.js';
import { QuietCalls } from './quiet-calls.js';

/** A deployment that the book follows until the end. */
export interface FollowedDeployment {
  readonly service: string;
  readonly slot: Slot;
  readonly owner: string | null;
  readonly deployment: RunningDeployment;
}

/** Where everything is written down while it happens. */
export class LedgerBook {
  readonly routing: RoutingRecord[] = [];
  readonly irreversible: IrreversibleRecord[] = [];
  readonly deployments: FollowedDeployment[] = [];
  readonly readiness: ReadinessRecord[] = [];
  readonly tendings: TendingRecord[] = [];
  readonly faults: FaultRecord[] = [];
  /** Calls, in their order; those of quiet times in few words. */
  readonly #calls: (CallRecord | QuietCalls)[] = [];
  #callCount = 0;
  /** Calls that have ended and changed nothing: everything but writes. */
  readsEnded = 0;
  /** By operation: when a call with a fault ended last. */
  readonly #faultyEnds = new Map<Operation, number>();
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  begin(call: CallRecord): void {
    this.#calls.push(call);
    this.#callCount++;
  }

  quiet(calls: QuietCalls): void {
    this.#calls.push(calls);
    this.#callCount += calls.count;
  }

  end(call: CallRecord, outcome: string, isUnknown: boolean): void {
    call.endedAt = this.#clock.now();
    call.begunAtEnd = this.#callCount;
    call.outcome = outcome;
    call.isUnknown = isUnknown;
    if (call.operation !== 'route' && call.operation !== 'converge') this.readsEnded++;
    if (call.fault !== null) this.#faultyEnds.set(call.operation, call.endedAt);
  }

  /** No call of this operation ended with a fault at `since` or after. */
  isSoundSince(operation: Operation, since: number): boolean {
    return (this.#faultyEnds.get(operation) ?? Number.NEGATIVE_INFINITY) < since;
  }

  fault(fault: string, service: string | null): void {
    this.faults.push({ at: this.#clock.now(), service, fault });
  }

  /** When the last good read of the routing ended that this owner began since then. */
  lookedAt(owner: string, service: string, since: number): number | null {
    let begunBefore = this.#callCount;
    for (let index = this.#calls.length - 1; index >= 0; index--) {
      const calls = this.#calls[index]!;
      const isQuiet = calls instanceof QuietCalls;
      begunBefore -= isQuiet ? calls.count : 1;
      if (isQuiet && calls.endedAt < since) return null;
      for (const call of isQuiet ? [...calls.print(begunBefore)].reverse() : [calls]) {
        if (call.at < since) return null;
        if (call.operation !== 'observe-routing' || call.owner !== owner || call.service !== service) continue;
        if (call.outcome === 'ok') return call.endedAt;
      }
    }
    return null;
  }

  /** Every call up to now, to be written out when somebody reads them; nothing that happens later changes them. */
  printCalls(): () => readonly CallRecord[] {
    const calls = this.#calls.map((each) => (each instanceof QuietCalls ? each : printCall(each)));
    return () => {
      const printed: CallRecord[] = [];
      for (const each of calls) {
        if (each instanceof QuietCalls) for (const call of each.print(printed.length)) printed.push(call);
        else printed.push(each);
      }
      return printed;
    };
  }

  /**
   * Keys of the writes that could still change what reaches `slot`: running ones, and those that ended without
   * anybody knowing how, for as long as they may land.
   */
  unresolved(service: string, slot: Slot, lateWriteMs: number, isHarmless: (call: CallRecord) => boolean): string[] {
    const now = this.#clock.now();
    const keys: string[] = [];
    for (const call of this.#calls) {
      if (
        call instanceof QuietCalls ||
        call.operation !== 'route' ||
        call.service !== service ||
        call.reaches?.[slot] !== true
      )
        continue;
      if (call.landedAt !== null || isHarmless(call)) continue;
      const { endedAt } = call;
      if (endedAt === null || (call.isUnknown && now < endedAt + lateWriteMs)) keys.push(call.key!);
    }
    return keys;
  }
}

/** Nothing changes a read that has ended; a write may still land. */
function printCall(call: CallRecord): CallRecord {
  const isOver = call.endedAt !== null && call.operation !== 'route' && call.operation !== 'converge';
  return isOver ? call : { ...call };
}
