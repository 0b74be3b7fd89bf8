import type { ReleaseState } from './state.js';
import { serviceOf, withService } from './update.js';

/**
 * S15: the old slot is kept for so long after it last had traffic. Somebody may give it some again after the promotion;
 * then it counts anew from the read that shows it without. Idempotent.
 */
export function noteRetained(state: ReleaseState, name: string, at: number): ReleaseState {
  if (state.promotedAt === null || state.phase !== 'retiring') return state;
  const { retainedSince } = serviceOf(state, name);
  const serves = mayServe(state, name);
  if (serves === (retainedSince === null)) return state;
  return withService(state, name, { retainedSince: serves ? null : at });
}

/** Users may be on the old slot, as far as the last reads can tell. */
function mayServe(state: ReleaseState, name: string): boolean {
  const { roles, routing } = serviceOf(state, name);
  const { seen, suspect, staleSince } = routing;
  const active = roles?.active ?? null;
  if (active === null || seen === null) return false;
  if (suspect !== null || staleSince !== null || seen.target === null) return true;
  return seen.target.weights[active] > 0 || seen.target.audiences.some(({ slot }) => slot === active);
}
