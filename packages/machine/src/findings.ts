import { type Slot, soleSlot } from '@bluegreen/contract';
import { isKnownEmpty, isReached } from './conditions.js';
import type { Doubt, ReleaseState } from './state.js';
import { serviceOf } from './update.js';

/** What the last reads of a service say that ends its release, or sends it back. */
export interface Finding {
  readonly code: string;
  readonly message: string;
  /** The reads that say so. */
  readonly reads: Doubt['reads'];
}

/** What would decide in this phase, were it confirmed; `null` where the reads say nothing of that kind. */
export function findingOf(state: ReleaseState, name: string, at: number): Finding | null {
  switch (state.phase) {
    case 'preparing':
      return noStart(state, name);
    case 'verifying':
    case 'shifting':
    case 'baking':
      return deadCandidate(state, name);
    case 'rolling-back':
      return sickActive(state, name, at);
    default:
      return null;
  }
}

/**
 * The finding that a second read has confirmed. One read can be old, or of the moment in which an instance was replaced
 * (F7, F8): alone it decides nothing.
 */
export function confirmedFinding(state: ReleaseState, name: string, at: number): Finding | null {
  const { doubt } = serviceOf(state, name);
  if (doubt === null || doubt.phase !== state.phase) return null;
  const found = findingOf(state, name, at);
  return found !== null && found.code === doubt.code ? found : null;
}

/** Rule 9: why the release can't begin here, because nobody can say who serves now. */
function noStart(state: ReleaseState, name: string): Finding | null {
  const { roles, routing, slots } = serviceOf(state, name);
  const unserved = emptyActive(state, name);
  if (unserved !== null)
    return { code: 'release/active-empty', message: unserved, reads: ['routing', 'blue', 'green'] };
  if (roles !== null || routing.seen === null || !routing.fresh) return null;
  const { foreign, target } = routing.seen;
  if (foreign !== null) return { code: 'release/routing-foreign', message: `${name}: ${foreign}`, reads: ['routing'] };
  if (target !== null && soleSlot(target) === null) {
    const message = `${name}: routing is split ${target.weights.blue}/${target.weights.green} already`;
    return { code: 'release/routing-split', message, reads: ['routing'] };
  }
  const isSeen = slots.blue.fresh && slots.green.fresh;
  if (target !== null || !isSeen || (isKnownEmpty(slots.blue) && isKnownEmpty(slots.green))) return null;
  const message = `${name}: nothing is routed, but a version runs`;
  return { code: 'release/routing-missing', message, reads: ['routing', 'blue', 'green'] };
}

/** Users are sent where nothing runs, and the slot that would be deployed over is the one that runs something. */
function emptyActive(state: ReleaseState, name: string): string | null {
  const { roles, routing, slots } = serviceOf(state, name);
  if (roles === null || roles.active === null || !routing.fresh || !isKnownEmpty(slots[roles.active])) return null;
  const { converge, fresh, seen } = slots[roles.candidate];
  if (converge !== null || !fresh || seen === null || seen.version === null) return null;
  return `${name}: routing sends everything to ${roles.active}, where nothing runs; ${roles.candidate} runs ${seen.version}`;
}

/** Nothing is left of the candidate: it goes back at once, and does not wait for `limits.settle`. */
function deadCandidate(state: ReleaseState, name: string): Finding | null {
  const { roles, slots } = serviceOf(state, name);
  if (roles === null) return null;
  const { seen, fresh } = slots[roles.candidate];
  if (!fresh || seen === null || seen.ready > 0) return null;
  const message = `${roles.candidate} of ${name} can't serve: ${seen.whyNotReady ?? '0 instances ready'}`;
  return { code: 'candidate-unfit', message, reads: [roles.candidate] };
}

/** S14: traffic is not sent back to a slot that serves nobody while the candidate still serves some. */
function sickActive(state: ReleaseState, name: string, at: number): Finding | null {
  const { roles, slots, routing, doubt } = serviceOf(state, name);
  if (roles === null || roles.active === null || isReached(state, name, at)) return null;
  const [active, candidate] = [slots[roles.active], slots[roles.candidate]];
  // When only failing reads came after it, what one read said is all that anybody knows.
  const isOverdue = doubt?.code === activeSick && at >= doubt.since + state.plan.policy.limits.settleMs;
  const isSick = active.seen !== null && active.seen.ready === 0 && (active.fresh || isOverdue);
  const routed = routing.seen?.target?.weights[roles.active] === 100;
  const left = candidate.seen?.ready ?? 0;
  // An answer about the candidate that is still to come may say that it is dead as well.
  if (!isSick || routed || left === 0 || doubt?.reads.includes(roles.candidate) === true) return null;
  const message = `${roles.active} of ${name} has no ready instance, ${roles.candidate} has ${left}`;
  return { code: activeSick, message, reads: bothOf(roles.active, roles.candidate) };
}

export const activeSick = 'release/active-unhealthy';

function bothOf(active: Slot, candidate: Slot): Doubt['reads'] {
  return [active, candidate];
}
