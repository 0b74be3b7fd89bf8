import type { Clock, Slot } from '@bluegreen/contract';
import type { RunningDeployment } from './deployment.js';
import type { CallRecord, FaultRecord, IrreversibleRecord, ReadinessRecord, RoutingRecord } from './ledger.js';

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
  readonly faults: FaultRecord[] = [];
  readonly calls: CallRecord[] = [];
  /** Calls that have ended and changed nothing: everything but writes. */
  readsEnded = 0;
  readonly #clock: Clock;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  end(call: CallRecord, outcome: string, isUnknown: boolean): void {
    call.endedAt = this.#clock.now();
    call.begunAtEnd = this.calls.length;
    call.outcome = outcome;
    call.isUnknown = isUnknown;
    if (call.operation !== 'route' && call.operation !== 'converge') this.readsEnded++;
  }

  fault(fault: string, service: string | null): void {
    this.faults.push({ at: this.#clock.now(), service, fault });
  }

  /** When the last good read of the routing ended that this owner began since then. */
  lookedAt(owner: string, service: string, since: number): number | null {
    for (let index = this.calls.length - 1; index >= 0; index--) {
      const call = this.calls[index]!;
      if (call.at < since) return null;
      if (call.operation === 'observe-routing' && call.owner === owner && call.service === service) {
        if (call.outcome === 'ok') return call.endedAt;
      }
    }
    return null;
  }

  /**
   * Keys of the writes that could still change what reaches `slot`: running ones, and those that ended without
   * anybody knowing how, for as long as they may land.
   */
  unresolved(service: string, slot: Slot, lateWriteMs: number, isHarmless: (call: CallRecord) => boolean): string[] {
    const now = this.#clock.now();
    const keys: string[] = [];
    for (const call of this.calls) {
      if (call.operation !== 'route' || call.service !== service || call.reaches?.[slot] !== true) continue;
      if (call.landedAt !== null || isHarmless(call)) continue;
      const { endedAt } = call;
      if (endedAt === null || (call.isUnknown && now < endedAt + lateWriteMs)) keys.push(call.key!);
    }
    return keys;
  }
}
