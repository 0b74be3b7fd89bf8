import type { Fact } from './events.js';
import type { ReleaseState, ServiceState, SlotState } from './state.js';

type Requested = Extract<Fact, { readonly type: 'release-requested' }>;

/** The state right after a release was requested: nothing is known, nothing was done. */
export function initialState(event: Requested): ReleaseState {
  const { id, requestedBy, plan, at } = event;
  const services: Record<string, ServiceState> = {};
  for (const name of Object.keys(plan.services).sort()) services[name] = initialService();
  return {
    id,
    requestedBy,
    requestedAt: at,
    plan,
    at,
    phase: 'preparing',
    phaseSince: at,
    step: 0,
    raised: null,
    watch: null,
    gates: {},
    services,
    fences: {},
    earlier: {},
    ownedSince: at,
    heldSince: null,
    isClosed: false,
    hooks: {},
    paused: null,
    cause: null,
    stuck: null,
    reopenAt: null,
    total: { until: at + plan.policy.limits.totalMs, stoppedSince: null },
    promotedAt: null,
    exposedAt: null,
    retentionCut: false,
    commands: [],
  };
}

function initialService(): ServiceState {
  return {
    roles: null,
    goal: null,
    outcome: null,
    slots: { blue: initialSlot(), green: initialSlot() },
    routing: {
      seen: null,
      legitimate: null,
      settled: null,
      writes: [],
      attempts: 0,
      notBefore: 0,
      generation: 0,
      fresh: false,
      unreadableSince: null,
      staleSince: null,
      shownAt: null,
      failure: null,
      suspect: null,
      drifted: null,
      restored: null,
      drainedAt: { blue: null, green: null },
    },
    replaces: null,
    teardownBegunAt: null,
    doubt: null,
    capacity: null,
    retainedSince: null,
  };
}

function initialSlot(): SlotState {
  return { seen: null, converge: null, tend: null, generation: 0, fresh: false, unfitSince: null };
}
