import { neededInstances } from './goals.js';
import type { ReleaseState } from './state.js';
import { plannedOf, serviceOf, withService } from './update.js';

/**
 * S1: how many instances `match-active` means. Decided by the active slot when the candidate is deployed; from then on it
 * follows the active slot upwards only, while that still serves: an autoscaler that shrinks it, or instances that die,
 * don't make the load any smaller. Idempotent.
 */
export function noteCapacity(state: ReleaseState, name: string): ReleaseState {
  const { roles, slots, capacity } = serviceOf(state, name);
  if (roles === null || roles.active === null || state.plan.policy.prepare.capacity !== 'match-active') return state;
  if (state.phase !== 'preparing' && state.phase !== 'verifying' && state.phase !== 'shifting') return state;
  const { seen, fresh } = slots[roles.active];
  if (seen === null || !fresh) return state;
  const ready = Math.max(1, seen.ready);
  const isOpen = slots[roles.candidate].converge === null;
  if (capacity === null) return withService(state, name, { capacity: { decided: ready, needed: ready } });
  // Where nobody can add instances, more are not waited for.
  if (ready <= capacity.needed || !(isOpen || plannedOf(state, name).environment.capabilities.capacity)) return state;
  return withService(state, name, { capacity: { decided: isOpen ? ready : capacity.decided, needed: ready } });
}

/**
 * The candidate has what it was deployed with, and is short only of what came on top of it since: the active slot grew, or
 * users are to come and `previewCapacity` is over. That has to boot, as the first instances had to.
 */
export function isOutgrown(state: ReleaseState, name: string): boolean {
  const { roles, slots, capacity, routing } = serviceOf(state, name);
  const { previewCapacity, capacity: asked } = state.plan.policy.prepare;
  const whole = asked === 'match-active' ? capacity?.decided : asked;
  if (roles === null || whole === undefined) return false;
  // Between two reads, or after one that failed, the last one says it: what boots is not sicker for not being read.
  const { seen } = slots[roles.candidate];
  if (seen === null || routing.seen?.healthy[roles.candidate] === false) return false;
  // Whoever has users was whole before.
  const deployed = state.exposedAt === null ? Math.min(previewCapacity ?? whole, whole) : whole;
  return seen.ready >= deployed && seen.ready < neededInstances(state, name);
}
