import type { JudgedService, JudgedSplit } from './effects.js';
import { trafficGoal } from './goals.js';
import type { ReleaseState } from './state.js';
import { isMirrored } from './steps.js';
import { plannedOf, serviceNames, serviceOf } from './update.js';

/** What the gates of this release judge now, per service. */
export function subjects(state: ReleaseState): Readonly<Record<string, JudgedService>> {
  const found: Record<string, JudgedService> = {};
  for (const name of serviceNames(state)) {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null) continue;
    const weight = trafficGoal(state, name)?.weights[roles.candidate] ?? 0;
    found[name] = {
      version: plannedOf(state, name).version,
      candidate: roles.candidate,
      active: roles.active,
      url: slots[roles.candidate].seen?.url ?? null,
      isAlone: roles.active === null || weight === 100,
      split: splitOf(state, name),
      // What is copied warms a version up as users do.
      exposedAt: state.exposedAt ?? (isMirrored(state) ? (state.watch?.since ?? null) : null),
    };
  }
  return found;
}

/**
 * A share of requests can be held against what is measured only where every request is shared out by itself. Where people
 * or connections are, or some people go to the candidate whatever the share, a correct share is measured as another one.
 */
function splitOf(state: ReleaseState, name: string): JudgedSplit | null {
  const { cohort, traffic } = plannedOf(state, name);
  const { splitUnit, weightErrorPercent, propagationMs } = traffic.capabilities;
  const { routing, roles } = serviceOf(state, name);
  const goal = trafficGoal(state, name);
  if (goal === null || roles === null || routing.shownAt === null || splitUnit !== 'request') return null;
  if (cohort.kind !== 'per-request' || goal.audiences.length > 0 || goal.mirror !== null) return null;
  const percent = goal.weights[roles.candidate];
  const tolerancePercent = Math.max(weightErrorPercent, leastTolerancePercent);
  return { percent, tolerancePercent, since: routing.shownAt + propagationMs };
}

/** Retries and health checks shift a share by some tenths even where the router is exact. */
const leastTolerancePercent = 0.5;
