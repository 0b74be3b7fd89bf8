import type { Violation } from './invariants.js';
import type { Ledger } from './ledger.js';

/** S52: an owner that was told of a newer one writes nothing more. */
export function fencedOwnersRest(ledger: Ledger): Violation[] {
  const fencedAt = new Map<string, number>();
  for (const { owner, outcome, endedAt } of ledger.calls) {
    if (outcome === 'simulator/fenced' && endedAt !== null) {
      fencedAt.set(owner, Math.min(fencedAt.get(owner) ?? Number.POSITIVE_INFINITY, endedAt));
    }
  }
  return ledger.calls
    .filter(
      ({ owner, at, operation }) =>
        (operation === 'route' || operation === 'converge') && at > (fencedAt.get(owner) ?? Number.POSITIVE_INFINITY),
    )
    .map(({ owner, at, service, operation }) => ({
      id: 'S52',
      at,
      service,
      message: `${owner} called ${operation} after it was fenced off`,
    }));
}
