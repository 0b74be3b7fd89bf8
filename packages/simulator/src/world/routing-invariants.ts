import { otherSlot, type Slot, slots, type TrafficTarget } from '@bluegreen/contract';
import type { Expectations, Violation } from './invariants.js';
import type { Ledger, PlaceRecord, RoutingRecord } from './ledger.js';

/** One routing after another, of one service. */
interface Change {
  readonly record: RoutingRecord;
  readonly before: TrafficTarget | null;
  readonly target: TrafficTarget | null;
  /** The slot that was deployed to last. */
  readonly candidate: Slot | null;
  /** Counts the releases of this service. */
  readonly deployment: number;
}

function changesOf(ledger: Ledger): Change[] {
  const before = new Map<string, TrafficTarget | null>();
  return ledger.routing.map((record) => {
    const { service } = record;
    const target = record.routing.kind === 'split' ? record.routing.target : null;
    const deployments = ledger.deployments.filter(
      (one) => one.service === service && one.at <= record.at && one.owner !== null,
    );
    const change: Change = {
      record,
      before: before.get(service) ?? null,
      target,
      candidate: deployments.at(-1)?.slot ?? null,
      deployment: deployments.length,
    };
    before.set(service, target);
    return change;
  });
}

function violation(id: string, { at, service }: RoutingRecord, message: string): Violation {
  return { id, at, service, message };
}

function weightOf(target: TrafficTarget | null, slot: Slot): number {
  return target?.weights[slot] ?? 0;
}

/** S1: no weight for a candidate that is not whole. S2: nor for one that the router does not know. S14: no way back to a slot where nothing is ready. */
export function capacityBeforeWeight(ledger: Ledger, { noticeMs = 0, returnMs = 0 }: Expectations): Violation[] {
  const found: Violation[] = [];
  for (const { record, before, target, candidate } of changesOf(ledger)) {
    if (record.by !== 'route') continue;
    for (const slot of slots) {
      if (weightOf(target, slot) <= weightOf(before, slot)) continue;
      const place = record.places[slot];
      const count = `${place.ready} of ${place.desired} ready`;
      if (slot === candidate) {
        if (isKnown(place, record.at, noticeMs))
          found.push(violation('S1', record, `${slot} got weight with ${count}`));
        else if (ledger.services[record.service]!.reportsHealth && place.registered === 0) {
          found.push(violation('S2', record, `${slot} got weight before the router knew any of its instances`));
        }
      } else if (place.ready === 0 && isKnown(place, record.at, returnMs) && record.places[otherSlot(slot)].ready > 0) {
        found.push(violation('S14', record, `traffic went back to ${slot} with ${count}`));
      }
    }
  }
  return found;
}

/** The slot is short of instances for so long that an orchestrator has to know. */
function isKnown({ belowSince }: PlaceRecord, at: number, noticeMs: number): boolean {
  return belowSince !== null && at - belowSince >= noticeMs;
}

/** S8: whole tenths, none below 0, 100 together. */
export function weightsSum(ledger: Ledger): Violation[] {
  return changesOf(ledger).flatMap(({ record, target }) => {
    if (target === null) return [];
    const tenths = slots.map((slot) => target.weights[slot] * 10);
    const isWhole = tenths.every((value) => value >= 0 && Math.abs(value - Math.round(value)) < 1e-6);
    if (isWhole && Math.abs(tenths[0]! + tenths[1]! - 1_000) < 1e-6) return [];
    return [violation('S8', record, `weights ${target.weights.blue} and ${target.weights.green}`)];
  });
}

/** S9: of one release, the candidate's weight grows, then shrinks, and never grows again. Only its own writes count. */
export function usersMoveOneWay(ledger: Ledger): Violation[] {
  const found: Violation[] = [];
  const releases = new Map<string, { deployment: number; weight: number; hasShrunk: boolean }>();
  for (const { record, target, candidate, deployment } of changesOf(ledger)) {
    if (record.by !== 'route' || candidate === null || target === null) continue;
    const weight = weightOf(target, candidate);
    const last = releases.get(record.service);
    const isNew = last?.deployment !== deployment;
    const hasShrunk = !isNew && (last.hasShrunk || weight < last.weight);
    if (!isNew && hasShrunk && weight > last.weight) {
      found.push(violation('S9', record, `${candidate} went up to ${weight} after it had gone down`));
    }
    releases.set(record.service, { deployment, weight, hasShrunk });
  }
  return found;
}

/** S36: no write lands behind one of a higher epoch. */
export function epochsGrow(ledger: Ledger): Violation[] {
  const found: Violation[] = [];
  const highest = new Map<string, number>();
  for (const record of ledger.routing) {
    if (record.fence === null || (record.by !== 'route' && record.by !== 'late-route')) continue;
    const before = highest.get(record.service) ?? 0;
    const { epoch } = record.fence;
    const fencing = ledger.services[record.service]!.capabilities.fencing;
    if (epoch < before)
      found.push(violation('S36', record, `epoch ${epoch} wrote after ${before} (fencing ${fencing})`));
    highest.set(record.service, Math.max(before, epoch));
  }
  return found;
}

/** S50: no late write finds a slot with nothing in it. */
export function noLateSurprise(ledger: Ledger): Violation[] {
  return changesOf(ledger).flatMap(({ record, before, target }) =>
    record.by !== 'late-route'
      ? []
      : slots
          .filter((slot) => weightOf(target, slot) > weightOf(before, slot) && record.places[slot].version === null)
          .map((slot) => violation('S50', record, `a late write gave weight to ${slot}, where nothing runs`)),
  );
}

/** S55: where people stick, the routing says whose cohort grows, and it is the slot that was deployed to. */
export function candidateStays(ledger: Ledger): Violation[] {
  return changesOf(ledger).flatMap(({ record, target, candidate }) => {
    if (record.by !== 'route' || target === null || candidate === null) return [];
    if (!ledger.services[record.service]!.capabilities.remembers.includes('candidate')) return [];
    const isSplit = target.weights.blue > 0 && target.weights.green > 0;
    if (!isSplit || target.cohort.kind !== 'sticky' || target.candidate === candidate) return [];
    return [violation('S55', record, `the cohort of ${target.candidate} grows, the candidate is ${candidate}`)];
  });
}
