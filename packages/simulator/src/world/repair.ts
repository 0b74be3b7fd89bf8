import { everythingTo, otherSlot, type Slot, slots } from '@bluegreen/contract';
import type { LedgerBook } from './ledger-book.js';
import type { SimulatedService } from './simulated-service.js';

/**
 * A person puts right what broke for good: a routing that is gone comes back as it last was, stamp included; users who
 * are sent to an empty slot are sent to the one that runs; instances that died for good start again. Nothing that
 * works is touched.
 */
export function repairService(service: SimulatedService, book: LedgerBook): void {
  if (service.router.stored.routing.kind === 'foreign') restoreRouting(service, book);
  for (const slot of slots) if (isMisled(service, slot)) sendTo(service, otherSlot(slot));
  for (const slot of slots) for (const instance of service.places[slot].instances) instance.revive();
}

function restoreRouting(service: SimulatedService, book: LedgerBook): void {
  const { name } = service.options;
  const last = book.routing.findLast((one) => one.service === name && one.routing.kind !== 'foreign');
  if (last === undefined) return;
  const { routing, fence, key } = last;
  service.writeRouting({ routing, fence, key, owner: null }, 'foreign');
}

function isMisled({ router, places }: SimulatedService, slot: Slot): boolean {
  const { routing } = router.stored;
  const isSent = routing.kind === 'split' && routing.target.weights[slot] > 0;
  return isSent && places[slot].deployment === null && places[otherSlot(slot)].deployment !== null;
}

function sendTo(service: SimulatedService, slot: Slot): void {
  const routing = { kind: 'split', target: everythingTo(slot) } as const;
  service.writeRouting({ routing, fence: null, key: null, owner: null }, 'foreign');
}
