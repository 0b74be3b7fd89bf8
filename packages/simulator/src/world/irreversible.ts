import { compareFences, type Fence, type Slot } from '@bluegreen/contract';
import type { CallRecord, IrreversibleRecord } from './ledger.js';
import type { LedgerBook } from './ledger-book.js';
import { type ReachPart, reachOf } from './reach.js';
import type { Router } from './router.js';
import type { SimulatedService } from './simulated-service.js';

/** Who touches a slot in a way that cannot be undone. */
export interface Toucher {
  readonly owner: string;
  readonly fence: Fence;
  /** When its call began. */
  readonly since: number;
}

/** What there is to know at the instant before a slot is lost. Ends the open requests of the slot. */
export function recordIrreversible(
  service: SimulatedService,
  slot: Slot,
  action: IrreversibleRecord['action'],
  by: Toucher,
  now: number,
  book: LedgerBook,
): void {
  const { router, traffic } = service;
  const { name } = service.options;
  const { capabilities } = service.options.router;
  const { deployment } = service.places[slot];
  book.irreversible.push({
    at: now,
    service: name,
    slot,
    action,
    version: deployment!.version,
    releaseId: deployment!.releaseId,
    owner: by.owner,
    fence: by.fence,
    reach: {
      stored: reachOf(router.stored.routing, slot, router.stored.strays),
      inUse: reachInUse(router, slot),
      afterRestart: reachOf(router.afterRestart, slot),
    },
    closedSince: traffic.closedSince(slot),
    openRequests: traffic.cutOpenRequests(slot, now),
    weightLostAt: service.weightLostAt(slot),
    lookedAt: book.lookedAt(by.owner, name, by.since),
    routingOwner: router.stored.owner,
    isStamped: capabilities.fencing !== 'none',
    unresolved: book.unresolved(name, slot, capabilities.lateWriteMs, (call) =>
      isKeptOut(call, router.stored.fence, capabilities.fencing),
    ),
  });
}

/** Only an enforced fence keeps an older write out for certain. */
function isKeptOut(call: CallRecord, newest: Fence | null, fencing: 'enforced' | 'checked' | 'none'): boolean {
  return fencing === 'enforced' && newest !== null && call.fence !== null && compareFences(call.fence, newest) <= 0;
}

function reachInUse(router: Router, slot: Slot): ReachPart[] {
  const parts = new Set<ReachPart>();
  for (const used of router.inUse) for (const part of reachOf(used.routing, slot, used.strays)) parts.add(part);
  return [...parts];
}
