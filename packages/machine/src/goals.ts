import {
  type Audience,
  everythingTo,
  normaliseTarget,
  type Slot,
  type TrafficTarget,
  weightsOf,
} from '@bluegreen/contract';
import type { ReleaseState, ServiceState } from './state.js';
import { currentStep, stepPercent } from './steps.js';
import { plannedOf, serviceNames, serviceOf, withService } from './update.js';

type Roles = NonNullable<ServiceState['roles']>;

/** What shall be true of one service's routing in this phase; `null`: leave it alone. */
export function trafficGoal(state: ReleaseState, name: string): TrafficTarget | null {
  return serviceOf(state, name).goal?.target ?? null;
}

/** Keeps the goal beside what it follows from: every decision asks for it many times, and it changes with the step and its raises only. */
export function noteGoal(state: ReleaseState, name: string): ReleaseState {
  const { roles, goal } = serviceOf(state, name);
  const { phase, step } = state;
  const percent = state.raised?.percent ?? null;
  const isSame = goal !== null && goal.phase === phase && goal.step === step && goal.percent === percent;
  if (roles === null || isSame) return state;
  return withService(state, name, { goal: { phase, step, percent, target: makeGoal(state, name, roles) } });
}

function makeGoal(state: ReleaseState, name: string, { active, candidate }: Roles): TrafficTarget | null {
  const target = active === null ? firstGoal(state, candidate) : swapGoal(state, active, candidate);
  if (target === null) return null;
  const { cohort, traffic } = plannedOf(state, name);
  return normaliseTarget({ ...target, candidate, cohort }, traffic.capabilities);
}

/** Where a rollback takes the traffic; `null` where there is nothing to go back to. */
export function rollbackTarget(state: ReleaseState, name: string): TrafficTarget | null {
  const { roles } = serviceOf(state, name);
  if (roles === null || roles.active === null) return null;
  const { cohort, traffic } = plannedOf(state, name);
  return normaliseTarget(everythingTo(roles.active, { candidate: roles.candidate, cohort }), traffic.capabilities);
}

function swapGoal(state: ReleaseState, active: Slot, candidate: Slot): TrafficTarget | null {
  switch (state.phase) {
    case 'preparing':
    case 'rolling-back':
      return everythingTo(active);
    case 'verifying':
      return everythingTo(active, { preview: candidate });
    case 'shifting':
      return stepTarget(state, candidate, active);
    case 'baking':
      return everythingTo(candidate, { fallback: active, preview: candidate });
    case 'retiring':
      return everythingTo(candidate);
    default:
      return null;
  }
}

function firstGoal(state: ReleaseState, candidate: Slot): TrafficTarget | null {
  switch (state.phase) {
    case 'shifting':
    case 'baking':
    case 'retiring':
      return everythingTo(candidate);
    default:
      return null;
  }
}

function stepTarget(state: ReleaseState, candidate: Slot, active: Slot): TrafficTarget {
  const step = currentStep(state);
  if (step.percent === 100) return everythingTo(candidate, { fallback: active, preview: candidate });
  const { mirrorPercent: percent } = step;
  if (percent !== undefined) {
    return everythingTo(active, { preview: candidate, mirror: { slot: candidate, percent } });
  }
  const { audiences } = state.plan.policy;
  return everythingTo(active, {
    weights: weightsOf(candidate, stepPercent(state)),
    preview: candidate,
    audiences: step.audiences.map((name): Audience => ({ name, match: audiences[name]!, slot: candidate })),
  });
}

/** Which slot shall be deployed or retired in this phase. */
export function slotGoal(
  state: ReleaseState,
  name: string,
): { readonly deploy: Slot | null; readonly retire: Slot | null } {
  const { roles, slots } = serviceOf(state, name);
  if (roles === null) return nothing;
  // What this release never deployed to is not its to clear.
  const isOurs = slots[roles.candidate].converge !== null;
  switch (state.phase) {
    case 'preparing':
    case 'verifying':
    case 'shifting':
    case 'baking':
      return { deploy: roles.candidate, retire: null };
    case 'retiring':
      return { deploy: null, retire: tearsDown(state) ? roles.active : null };
    case 'rolling-back':
      return {
        deploy: null,
        retire: isOurs && state.plan.policy.retire.candidate === 'retire' ? roles.candidate : null,
      };
    default:
      return nothing;
  }
}

const nothing = { deploy: null, retire: null } as const;

/**
 * Whether the old slot is torn down at all, once its retention is over. When somebody needs the slot sooner it is handed
 * over as it is, unless its teardown has begun: that is finished first.
 */
export function tearsDown(state: ReleaseState): boolean {
  if (state.plan.policy.retire.after === 'keep') return false;
  // A contract migration must not be handed on: it runs once the old version is gone.
  if ((state.plan.migrations?.contract.length ?? 0) > 0) return true;
  return !state.retentionCut || serviceNames(state).some((name) => serviceOf(state, name).teardownBegunAt !== null);
}

/** When the old slot may be torn down; `null` when it is kept, has traffic again, or nothing was promoted yet. */
export function retainUntil(state: ReleaseState, name: string): number | null {
  const { after } = state.plan.policy.retire;
  const { retainedSince } = serviceOf(state, name);
  if (retainedSince === null || after === 'keep') return null;
  return state.retentionCut ? retainedSince : retainedSince + after;
}

/** Rolling back and retiring have a longer breath than going forward: nothing comes after them. */
export const lastPatience = 4;

/** Ready instances that a slot with traffic needs. */
export function neededInstances(state: ReleaseState, name: string): number {
  const { capacity, previewCapacity } = state.plan.policy.prepare;
  const isPreview = state.phase === 'preparing' || state.phase === 'verifying';
  if (previewCapacity !== undefined && isPreview) return previewCapacity;
  return capacity === 'match-active' ? (serviceOf(state, name).capacity?.needed ?? 1) : capacity;
}
