import { faultsOf, worldFaults } from '../faults/catalogue.js';
import type { CallFault, Landing, Operation, RoutingPart, WorldFault } from '../faults/fault-plan.js';

/** In every way that makes a difference: each fault of the catalogue that can happen to a call of `operation`. */
export function callFaultVariants(operation: Operation, lateWriteMs: number): readonly CallFault[] {
  return faultsOf(operation).flatMap((fault) => variantsOf(fault, operation, lateWriteMs));
}

function variantsOf(fault: CallFault['fault'], operation: Operation, lateWriteMs: number): readonly CallFault[] {
  const landings: Landing[] = ['never', 'after-next-write', { afterMs: Math.floor(lateWriteMs / 2) }];
  switch (fault) {
    case 'reply-lost':
      return [{ fault }, ...landings.map((lands) => ({ fault, lands }))];
    case 'hang':
      return operation === 'route' || operation === 'converge'
        ? landings.map((lands) => ({ fault, lands }))
        : [{ fault }];
    case 'effect-delayed':
      return [3_000, 70_000].map((byMs) => ({ fault, byMs }));
    case 'slow':
      return [3_000, 15_000].map((byMs) => ({ fault, byMs }));
    case 'partial': {
      const parts: RoutingPart[] = ['audiences', 'preview', 'fallback', 'stamp'];
      return operation === 'route' ? parts.map((part) => ({ fault, part })) : [{ fault }];
    }
    default:
      return [{ fault } as CallFault];
  }
}

/** The same for what can happen to the world. */
export function worldFaultVariants(): readonly WorldFault[] {
  return worldFaults().flatMap((fault) => worldVariantsOf(fault));
}

function worldVariantsOf(fault: WorldFault['fault']): readonly WorldFault[] {
  switch (fault) {
    case 'outage':
      return [5_000, 40_000, 300_000].map((forMs) => ({ fault, forMs }));
    case 'foreign-edit':
      return [
        { fault },
        { fault, stamp: 'removed' },
        { fault, to: { slot: 'candidate', percent: 30 } },
        { fault, to: { slot: 'candidate', percent: 100 }, stamp: 'removed' },
      ];
    case 'routing-vanishes':
      return [{ fault }, { fault, serves: 'active' }];
    case 'autoscaler-interferes':
      return [
        { fault, slot: 'candidate', instances: 1 },
        { fault, slot: 'active', instances: 1 },
      ];
    case 'candidate-dies':
    case 'active-dies':
      return [{ fault }, { fault, forMs: 10_000 }];
    case 'router-silent':
      return [{ fault, forMs: 15_000 }];
    case 'router-restarts':
      return [{ fault }];
  }
}
