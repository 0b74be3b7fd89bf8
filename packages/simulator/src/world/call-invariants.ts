import type { Violation } from './invariants.js';
import type { Ledger } from './ledger.js';

/** S52: an owner that was told of a newer one writes nothing more. */
export function fencedOwnersRest(ledger: Ledger): Violation[] {
  const toldAt = new Map<string, number>();
  for (const { owner, outcome, begunAtEnd } of ledger.calls) {
    if (outcome !== 'simulator/fenced' || begunAtEnd === null) continue;
    toldAt.set(owner, Math.min(toldAt.get(owner) ?? Number.POSITIVE_INFINITY, begunAtEnd));
  }
  return ledger.calls.flatMap(({ owner, operation, at, service }, index) => {
    const isWrite = operation === 'route' || operation === 'converge';
    if (!isWrite || index < (toldAt.get(owner) ?? Number.POSITIVE_INFINITY)) return [];
    return [{ id: 'S52', at, service, message: `${owner} called ${operation} after it was fenced off` }];
  });
}
