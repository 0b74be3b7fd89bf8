import type { EventOf } from './event-of.js';
import type { ReleaseSummary, ServiceSummary, StepSummary } from './summary.js';

export function enterStep(summary: ReleaseSummary, event: EventOf<'step-entered'>): ReleaseSummary {
  const { step: index, percent, mirrorPercent, audiences, at } = event;
  const before = summary.steps.map((each) => (each.endedAt === null ? { ...each, endedAt: at } : each));
  const observed = summary.services.map((service) => ({ service: service.name, percent: candidatePercent(service) }));
  const entered: StepSummary = {
    index,
    percent,
    ...(mirrorPercent === undefined ? {} : { mirrorPercent }),
    raised: [],
    audiences,
    enteredAt: at,
    reachedAt: null,
    holdsUntil: null,
    endedAt: null,
    observed,
  };
  return { ...summary, steps: [...before, entered] };
}

export function reachStep(summary: ReleaseSummary, event: EventOf<'step-reached'>): ReleaseSummary {
  return withOpenStep(summary, (step) => ({ ...step, reachedAt: event.at, holdsUntil: event.until }));
}

export function moveStep(
  summary: ReleaseSummary,
  { percent }: EventOf<'weight-raised' | 'weight-lowered'>,
): ReleaseSummary {
  return withOpenStep(summary, (step) => ({ ...step, raised: [...step.raised, percent] }));
}

/** What the routers are told to give the candidate. */
export function commandedPercent({ percent, raised }: StepSummary): number {
  return raised.at(-1) ?? percent;
}

/** Moves the hold or the bake that runs now: time that nobody watched, or spent drifted, does not count. */
export function extendWatch(summary: ReleaseSummary, byMs: number): ReleaseSummary {
  const moved = withOpenStep(summary, (step) =>
    step.holdsUntil === null ? step : { ...step, holdsUntil: step.holdsUntil + byMs },
  );
  const phases = moved.phases.map((each) =>
    each.endedAt === null && each.until !== null ? { ...each, until: each.until + byMs } : each,
  );
  return { ...moved, phases };
}

/** Keeps what the router showed while the step lasted. */
export function noteObservedShare(summary: ReleaseSummary, service: ServiceSummary): ReleaseSummary {
  const percent = candidatePercent(service);
  return withOpenStep(summary, (step) => ({
    ...step,
    observed: step.observed.map((each) => (each.service === service.name ? { ...each, percent } : each)),
  }));
}

function candidatePercent({ roles, weights }: ServiceSummary): number | null {
  return roles === null || weights === null ? null : weights[roles.candidate];
}

function withOpenStep(summary: ReleaseSummary, change: (step: StepSummary) => StepSummary): ReleaseSummary {
  if (summary.steps.at(-1)?.endedAt !== null) return summary;
  return { ...summary, steps: summary.steps.map((each) => (each.endedAt === null ? change(each) : each)) };
}
