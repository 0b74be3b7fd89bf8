import { failedRequestsBelow, keptOldUntil, keptPromises } from '../expect/harm.js';
import { notPromoted, promoted, rolledBack, stuck } from '../expect/outcomes.js';
import type { Scenario } from './scenario.js';

export const partialWeight: Scenario = {
  name: 'partial-weight',
  happens: 'a router of ten misses writes, and a call times out after it was applied',
  wants: 'read back, and write again without harm',
  version: 'good',
  needs: [],
  world: () => ({
    traffic: '200rps',
    service: {
      router: { routers: 10, missShare: 0.05, capabilities: { propagationMs: 2_000, lateWriteMs: 10_000 } },
    },
    faults: [{ at: { operation: 'route', call: 2 }, fault: 'reply-lost' }],
  }),
  expected: () => [promoted(), keptPromises()],
};

export const metricsBlackout: Scenario = {
  name: 'metrics-blackout',
  happens: 'metrics vanish for ten minutes in mid-release, while the new version breaks',
  wants: 'hold, never pass, and go back once it can see',
  version: 'bad',
  needs: ['limit'],
  world: () => ({
    traffic: '200rps',
    candidate: { errorRate: 0.003, onset: { afterMs: 200_000, errorRate: 0.1 } },
    faults: [{ at: { time: 240_000 }, fault: 'outage', forMs: 600_000, operations: ['metrics'] }],
  }),
  expected: () => [notPromoted(), keptPromises()],
};

export const poorMetrics: Scenario = {
  name: 'poor-metrics',
  happens: 'samples come late, with gaps and noise; errors have no series before the first of them',
  wants: 'promote a good version all the same',
  version: 'good',
  needs: [],
  world: () => ({
    traffic: '200rps',
    active: { errorRate: 0.003 },
    candidate: { errorRate: 0.003 },
    metrics: {
      lagMs: 5_000,
      lagJitterMs: 10_000,
      gapShare: 0.01,
      gapMeanMs: 60_000,
      noise: 0.05,
      startsWithFirst: true,
    },
  }),
  expected: () => [promoted()],
};

export const rollbackFails: Scenario = {
  name: 'rollback-fails',
  happens: 'the provider refuses the way back',
  wants: 'try again, then ask for a person; never report success',
  version: 'bad',
  needs: ['limit'],
  world: () => ({
    traffic: '200rps',
    candidate: { errorRate: 0.05 },
    faults: [{ at: { operation: 'route', call: 3, times: 1_000 }, fault: 'denied' }],
  }),
  expected: () => [stuck()],
};

export const controllerCrash: Scenario = {
  name: 'controller-crash',
  happens: 'the orchestrator dies in mid-shift, and another one goes on a minute later',
  wants: 'reach the same end, with nobody harmed',
  version: 'good',
  needs: [],
  crashIn: 'shifting',
  world: () => ({ traffic: '200rps' }),
  expected: () => [promoted(), keptPromises(), failedRequestsBelow({ count: 1 })],
};

export const controllerCrashBad: Scenario = {
  name: 'controller-crash-while-going-back',
  happens: 'the orchestrator dies while it takes a bad version back',
  wants: 'go back all the same',
  version: 'bad',
  needs: ['limit'],
  crashIn: 'rolling-back',
  world: () => ({ traffic: '200rps', candidate: { errorRate: 0.05 } }),
  expected: () => [rolledBack(), keptOldUntil('promotion')],
};
