import type { ReleaseState } from './state.js';
import { serviceOf } from './update.js';

/** The two slots are made alike, as far as the policy wants to know. */
export function isAlike(state: ReleaseState, name: string): boolean {
  return specsDiffer(state, name) === null;
}

/**
 * In words, how the specs of the two slots differ; `null` where they are the same, or the policy does not ask. What nobody
 * can compare is no proof that it is the same.
 */
export function specsDiffer(state: ReleaseState, name: string): string | null {
  const { roles, slots } = serviceOf(state, name);
  if (state.plan.policy.prepare.parity !== 'require' || roles === null || roles.active === null) return null;
  const [active, candidate] = [slots[roles.active], slots[roles.candidate]];
  if (candidate.converge === null || active.seen === null || candidate.seen === null) return null;
  if (active.seen.spec === null || candidate.seen.spec === null) {
    return `the environment of ${name} does not say how its slots are made`;
  }
  if (active.seen.spec === candidate.seen.spec) return null;
  return `${roles.candidate} of ${name} is made otherwise than ${roles.active} (${candidate.seen.spec}, ${active.seen.spec})`;
}
