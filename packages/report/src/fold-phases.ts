import type { ActivePhase, Phase } from '@bluegreen/machine';
import type { EventOf } from './event-of.js';
import { endDrifts } from './fold-writes.js';
import type { PhaseSummary, ReleaseSummary } from './summary.js';

const ends: readonly Phase[] = ['promoted', 'rolled-back', 'stuck'];

/** Closes the phase and the step before; a release that comes back from `stuck` starts a new run, or goes on. */
export function enterPhase(summary: ReleaseSummary, event: EventOf<'phase-entered'>): ReleaseSummary {
  const { phase, from, at } = event;
  const closed = closePhase(phase === 'baking' || phase === 'retiring' ? reachLastStep(summary, at) : summary, at);
  if (phase === 'rolled-back') return { ...allReturned(closed, at), phase, outcome: phase };
  if (isEnd(phase)) return { ...closed, phase, outcome: phase };
  const reopened = from === 'stuck' ? reopen(closed, phase, at) : closed;
  const until = phase === 'baking' ? at + summary.plan.policy.bake.forMs : null;
  const entered: PhaseSummary = { phase, startedAt: at, endedAt: null, until };
  const drifts = phase === 'rolling-back' ? endDrifts(reopened.drifts, null, at) : reopened.drifts;
  return { ...reopened, phase, outcome: null, stuck: null, drifts, phases: [...reopened.phases, entered] };
}

/** A step that is reached and over in one decision is not announced as reached. */
function reachLastStep(summary: ReleaseSummary, at: number): ReleaseSummary {
  const steps = summary.steps.map((each) =>
    each.endedAt === null ? { ...each, reachedAt: each.reachedAt ?? at } : each,
  );
  return { ...summary, steps };
}

/** No release is rolled back before its traffic is. */
function allReturned(summary: ReleaseSummary, at: number): ReleaseSummary {
  const services = summary.services.map((each) => ({ ...each, trafficReturnedAt: each.trafficReturnedAt ?? at }));
  return { ...summary, services };
}

function isEnd(phase: Phase): phase is Exclude<Phase, ActivePhase> {
  return ends.includes(phase);
}

function closePhase(summary: ReleaseSummary, at: number): ReleaseSummary {
  const phases = summary.phases.map((each) => (each.endedAt === null ? { ...each, endedAt: at } : each));
  const steps = summary.steps.map((each) => (each.endedAt === null ? { ...each, endedAt: at } : each));
  return { ...summary, phases, steps };
}

function reopen(summary: ReleaseSummary, phase: Phase, at: number): ReleaseSummary {
  if (phase !== 'preparing') return summary;
  const run = {
    startedAt: summary.phases[0]?.startedAt ?? summary.requestedAt,
    endedAt: summary.stuck?.at ?? at,
    message: summary.stuck?.message ?? '',
  };
  const services = summary.services.map((each) => {
    const slots = { blue: { ...each.slots.blue, prepared: null }, green: { ...each.slots.green, prepared: null } };
    return { ...each, slots, trafficReturnedAt: null };
  });
  return { ...summary, services, phases: [], steps: [], cause: null, earlierRuns: [...summary.earlierRuns, run] };
}

export function beginRollback(summary: ReleaseSummary, event: EventOf<'rollback-begun'>): ReleaseSummary {
  const pauses = summary.pauses.map((each) => (each.until === null ? { ...each, until: event.at } : each));
  return { ...summary, cause: event.cause, rollbackBegunAt: event.at, pauses };
}

export function promote(summary: ReleaseSummary, event: EventOf<'release-promoted'>): ReleaseSummary {
  return { ...summary, promotedAt: event.at, retainUntil: event.retainUntil };
}

export function getStuck(summary: ReleaseSummary, event: EventOf<'release-stuck'>): ReleaseSummary {
  const { at, code, from, message } = event;
  return { ...summary, outcome: 'stuck', stuck: { at, code, from, message } };
}

export function finish(summary: ReleaseSummary, event: EventOf<'release-finished'>): ReleaseSummary {
  return { ...closePhase(summary, event.at), phase: event.end, outcome: event.end };
}
