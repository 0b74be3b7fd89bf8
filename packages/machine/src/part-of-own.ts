import { isMixtureOf } from '@bluegreen/contract';
import type { RoutingState, SeenRouting } from './state.js';

/**
 * Without stamps, a part of a write of ours (F5): every piece is as it was read before, or as it was written. A router
 * whose target takes several requests shows that after a crash between two of them.
 */
export function isPartOfOwn({ seen: before, writes }: RoutingState, { target }: SeenRouting): boolean {
  if (target === null || before === null || before.target === null) return false;
  const known = before.target;
  return writes.some(({ target: written }) => isMixtureOf(target, [known, written]));
}
