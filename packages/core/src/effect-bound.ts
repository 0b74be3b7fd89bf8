import type { Effect, ReleasePlan } from '@bluegreen/machine';

/** Between two tries of a check. */
export const checkPauseMs = 1_000;

/** How long one effect may take before it counts as unanswered. */
export function effectBoundMs(effect: Effect, plan: ReleasePlan): number {
  const { limits, prepare } = plan.policy;
  if (effect.kind === 'converge') return Math.max(limits.callMs, prepare.readyWithinMs);
  if (effect.kind === 'judge' && (effect.gate.kind === 'check' || effect.gate.kind === 'webhook')) {
    return (effect.gate.timeoutMs + checkPauseMs) * effect.gate.attempts + limits.callMs;
  }
  return limits.callMs;
}
