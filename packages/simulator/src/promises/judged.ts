import type { JournalRecord, Slot, TrafficTarget } from '@bluegreen/contract';
import type { ReleaseEvent, ReleaseState } from '@bluegreen/machine';
import type { Absence } from '../run/crash.js';
import type { Ledger, RoutingRecord } from '../world/ledger.js';

/** What the promises of a release are held against: what it wrote down, and what an omniscient judge saw meanwhile. */
export interface JudgedRelease {
  readonly records: readonly JournalRecord<ReleaseEvent>[];
  /** As the journal tells it, at its end. */
  readonly state: ReleaseState;
  readonly ledger: Ledger;
  /** Times in which nobody drove it. */
  readonly absences: readonly Absence[];
}

/** The changes of the routing of one service, oldest first. */
export function routingOf(ledger: Ledger, service: string): readonly RoutingRecord[] {
  return ledger.routing.filter((record) => record.service === service);
}

export function targetOf({ routing }: RoutingRecord): TrafficTarget | null {
  return routing.kind === 'split' ? routing.target : null;
}

/** How much of the users a routing gives to the slot, and how many audiences: neither goes up unless the release goes on. */
export function exposureOf(target: TrafficTarget | null, slot: Slot): readonly [percent: number, audiences: number] {
  if (target === null) return [0, 0];
  return [target.weights[slot], target.audiences.filter((audience) => audience.slot === slot).length];
}

/** More users can reach the slot by `after` than by `before`. An audience that ends with the cutover takes nobody away. */
export function exposesMore(before: TrafficTarget | null, after: TrafficTarget | null, slot: Slot): boolean {
  const [percentBefore, audiencesBefore] = exposureOf(before, slot);
  const [percent, audiences] = exposureOf(after, slot);
  return percent > percentBefore || (percent === percentBefore && audiences > audiencesBefore);
}

export function found(id: string, at: number, { ledger }: JudgedRelease, message: string): string {
  return `${id} at ${at - ledger.startedAt} ms: ${message}`;
}
