import { environmentCapabilities, type TrafficCapabilities, trafficCapabilities } from '@bluegreen/contract';
import type { CompiledGate, CompiledPolicy } from './compiled-policy.js';
import type { ReleasePlan } from './release-plan.js';

export function checkGate(id: string): CompiledGate {
  const name = id.split('/').at(-1)!;
  return { id, name, kind: 'check', onFailure: 'rollback', dryRun: false, timeoutMs: 60_000, attempts: 1 };
}

export function approvalGate(id: string, onExpiry: 'rollback' | 'continue' = 'rollback'): CompiledGate {
  const name = id.split('/').at(-1)!;
  return {
    id,
    name,
    kind: 'approval',
    onFailure: 'rollback',
    dryRun: false,
    from: ['sre'],
    expiresMs: 600_000,
    onExpiry,
  };
}

export function analysisGate(id: string): CompiledGate {
  const name = id.split('/').at(-1)!;
  return { id, name, kind: 'analysis', onFailure: 'rollback', dryRun: false, analysis: 'errors' };
}

export function policyOf(patch: Partial<CompiledPolicy> = {}): CompiledPolicy {
  return {
    audiences: {},
    analyses: { errors: { kind: 'threshold', maxRate: 0.01, windowMs: 60_000, minSamples: 50, everyMs: 10_000 } },
    cohort: null,
    prepare: { readyWithinMs: 600_000, capacity: 'match-active' },
    verify: { gates: [] },
    shift: [
      { percent: 10, audiences: [], holdMs: 60_000, gates: [] },
      { percent: 100, audiences: [], holdMs: 0, gates: [] },
    ],
    guardrails: [],
    bake: { forMs: 300_000, gates: [] },
    retire: { after: 3_600_000, candidate: 'keep', drainMs: 30_000 },
    limits: { totalMs: 86_400_000, callMs: 30_000, settleMs: 300_000, decideMs: 1_800_000, attempts: 5, pollMs: 1_000 },
    ...patch,
  };
}

export const capable: TrafficCapabilities = trafficCapabilities({
  weightStepPercent: 0.1,
  splitUnit: 'request',
  fencing: 'enforced',
  remembers: ['candidate', 'fallback'],
  lateWriteMs: 10_000,
  audiences: ['header', 'cookie', 'source-range'],
  cohorts: ['sticky'],
  preview: true,
});

export function planOf(policy: CompiledPolicy = policyOf(), traffic: TrafficCapabilities = capable): ReleasePlan {
  return {
    format: 1,
    policy,
    services: {
      web: {
        version: 'v2',
        cohort: { kind: traffic.cohorts[0] as 'sticky' },
        traffic: { name: 'fake', resource: 'router', capabilities: traffic },
        environment: {
          name: 'fake',
          resource: 'cluster',
          capabilities: environmentCapabilities({ fencing: 'enforced', lateWriteMs: 0 }),
        },
      },
    },
  };
}
