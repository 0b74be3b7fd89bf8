import type { CompiledStep } from './compiled-policy.js';
import type { ReleaseState } from './state.js';

/** True when some service has nothing to go back to. */
export function isFirstDeploy(state: ReleaseState): boolean {
  for (const name in state.services) {
    const { roles } = state.services[name]!;
    if (roles !== null && roles.active === null) return true;
  }
  return false;
}

/** The steps that this release takes: a first deploy has no users to move and goes to 100 at once. */
export function stepsOf(state: ReleaseState): readonly CompiledStep[] {
  const { shift } = state.plan.policy;
  return isFirstDeploy(state) ? shift.slice(-1) : shift;
}

/** Whether requests are only copied to the candidate now: no user is there, and none is about to be. */
export function isMirrored(state: ReleaseState): boolean {
  return state.phase === 'shifting' && currentStep(state).mirrorPercent !== undefined;
}

export function currentStep(state: ReleaseState): CompiledStep {
  const steps = stepsOf(state);
  return steps[Math.min(state.step, steps.length - 1)]!;
}

/** What the candidate is to get now: the percent of the step, or what the step went up to by itself. */
export function stepPercent(state: ReleaseState): number {
  return state.raised?.percent ?? currentStep(state).percent;
}
