import { type Slot, weightsOf } from '@bluegreen/contract';
import type { WorldFault } from '../faults/fault-plan.js';
import { storedTarget } from './fingerprint.js';
import type { SimulatedService } from './simulated-service.js';
import type { WorldCore } from './world-core.js';

/** Lets a fault happen now, to one service or, with `null`, to all. */
export function applyWorldFault(core: WorldCore, fault: WorldFault, service: string | null): void {
  core.book.fault(fault.fault, service);
  if (fault.fault === 'outage') {
    core.schedule.beginOutage(core.clock.now() + fault.forMs, service, fault.operations ?? null);
    return;
  }
  for (const [name, one] of core.services) {
    if (service === null || service === name) applyTo(core, one, fault);
  }
}

function applyTo(core: WorldCore, service: SimulatedService, fault: Exclude<WorldFault, { fault: 'outage' }>): void {
  switch (fault.fault) {
    case 'foreign-edit':
      editRouting(service, fault.to ?? { slot: 'active', percent: 100 }, fault.stamp ?? 'kept');
      break;
    case 'routing-vanishes': {
      const strays = fault.serves === undefined ? null : service.slotOf(fault.serves);
      const routing = { kind: 'foreign', summary: 'the routing object is missing' } as const;
      service.writeRouting({ routing, fence: null, key: null, owner: null, strays }, 'vanished');
      break;
    }
    case 'autoscaler-interferes': {
      const place = service.places[service.slotOf(fault.slot)];
      if (place.autoscaling === 'free') place.scale(fault.instances);
      break;
    }
    case 'candidate-dies':
      killSlot(service, service.slotOf('candidate'), fault.forMs ?? null);
      break;
    case 'active-dies':
      killSlot(service, service.slotOf('active'), fault.forMs ?? null);
      break;
    case 'router-silent':
      service.router.silence(fault.router ?? service.router.inUse.length - 1, core.clock.now() + fault.forMs);
      break;
    case 'router-restarts':
      service.restartRouter();
  }
}

/** Every instance dies at once; `null`: for good. */
export function killSlot(service: SimulatedService, slot: Slot, forMs: number | null): void {
  service.change(() => {
    for (const instance of service.places[slot].instances) instance.die(forMs);
  });
}

/** Somebody else turns the weights, and leaves the rest as it is. An unrouted place stays empty. */
function editRouting(
  service: SimulatedService,
  to: NonNullable<Extract<WorldFault, { fault: 'foreign-edit' }>['to']>,
  stamp: 'kept' | 'removed',
): void {
  const { stored } = service.router;
  if (stored.routing.kind !== 'split') return;
  const target = { ...stored.routing.target, weights: weightsOf(service.slotOf(to.slot), to.percent) };
  const routing = { kind: 'split', target: storedTarget(target, service.options.router.capabilities) } as const;
  const left = stamp === 'kept' ? { fence: stored.fence, key: stored.key } : { fence: null, key: null };
  service.writeRouting({ routing, owner: null, ...left }, 'foreign');
}
