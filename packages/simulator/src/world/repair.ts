import { slots } from '@bluegreen/contract';
import type { LedgerBook } from './ledger-book.js';
import type { SimulatedService } from './simulated-service.js';

/**
 * A person puts right what broke for good: a routing that is gone comes back as it last was, stamp included, and
 * instances that died for good start again. Nothing that works is touched.
 */
export function repairService(service: SimulatedService, book: LedgerBook): void {
  if (service.router.stored.routing.kind === 'foreign') {
    const last = book.routing.findLast((one) => one.service === service.options.name && one.routing.kind !== 'foreign');
    if (last !== undefined) {
      const { routing, fence, key } = last;
      service.writeRouting({ routing, fence, key, owner: null }, 'foreign');
    }
  }
  for (const slot of slots) for (const instance of service.places[slot].instances) instance.revive();
}
