import type { CompiledStep } from '@bluegreen/machine';
import type { Place, ReleaseSummary } from './summary.js';

/** Where the release is now. */
export function placeOf(summary: ReleaseSummary): Place {
  const { phases, steps, earlierRuns } = summary;
  const isShifting = phases.at(-1)?.phase === 'shifting';
  return {
    run: earlierRuns.length,
    phase: Math.max(0, phases.length - 1),
    step: isShifting ? (steps.at(-1)?.index ?? null) : null,
  };
}

/** True when some service has nothing to go back to. */
export function isFirstDeploy({ services }: ReleaseSummary): boolean {
  return services.some(({ roles }) => roles !== null && roles.active === null);
}

/** The steps that this release takes: a first deploy has no users to move and goes to 100 at once. */
export function plannedSteps(summary: ReleaseSummary): readonly CompiledStep[] {
  const { shift } = summary.plan.policy;
  return isFirstDeploy(summary) ? shift.slice(-1) : shift;
}
