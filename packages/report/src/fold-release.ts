import type { CompiledGate, CompiledPolicy, ReleasePlan } from '@bluegreen/machine';
import type { EventOf } from './event-of.js';
import { extendWatch } from './fold-steps.js';
import { placeOf } from './place.js';
import type { ReleaseSummary, ServiceSummary } from './summary.js';

/** The summary of a release that was only requested. */
export function begin(event: EventOf<'release-requested'>): ReleaseSummary {
  const { id, requestedBy, at, plan } = event;
  return {
    id,
    requestedBy,
    requestedAt: at,
    at,
    plan,
    phase: 'preparing',
    services: Object.keys(plan.services)
      .sort()
      .map((name) => unreadService(name, plan)),
    phases: [],
    earlierRuns: [],
    steps: [],
    gates: gatesOf(plan.policy).map((gate) => ({ gate, attempts: [] })),
    writes: [],
    pauses: [],
    drifts: [],
    dips: [],
    commands: [],
    recoveries: [],
    owner: null,
    cause: null,
    rollbackBegunAt: null,
    stuck: null,
    promotedAt: null,
    retainUntil: null,
    retentionCutBy: null,
    outcome: null,
  };
}

function unreadService(name: string, plan: ReleasePlan): ServiceSummary {
  const unread = { initialVersion: null, seen: null, prepared: null, retiredAt: null };
  return {
    name,
    version: plan.services[name]!.version,
    roles: null,
    routing: 'unread',
    weights: null,
    revision: null,
    slots: { blue: unread, green: unread },
    exposure: { since: null, earlierMs: 0 },
    trafficReturnedAt: null,
    teardownBegunAt: null,
    lastReadFailure: null,
  };
}

function gatesOf({ verify, guardrails, shift, bake }: CompiledPolicy): readonly CompiledGate[] {
  return [...verify.gates, ...guardrails, ...shift.flatMap(({ gates }) => gates), ...bake.gates];
}

/** The first owner starts the release; every later one recovers it, and time that nobody watched counts for nothing. */
export function noteOwner(summary: ReleaseSummary, event: EventOf<'orchestrator-resumed'>): ReleaseSummary {
  const { at, owner, absentMs } = event;
  if (summary.owner === null && absentMs === 0) return { ...summary, owner };
  const recovery = { at, owner, absentMs, place: placeOf(summary) };
  return { ...extendWatch(summary, absentMs), owner, recoveries: [...summary.recoveries, recovery] };
}
