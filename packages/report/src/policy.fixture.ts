import { durationMs } from '@bluegreen/contract';
import type { CompiledGate, CompiledPolicy, CompiledStep } from '@bluegreen/machine';

type Analysis = CompiledGate & { kind: 'analysis' };

export function analysisGate(place: string, name = 'errors', rest: Partial<Analysis> = {}): Analysis {
  return {
    id: `${place}/${name}`,
    name,
    kind: 'analysis',
    analysis: name,
    onFailure: 'rollback',
    dryRun: false,
    ...rest,
  };
}

export function checkGate(place: string, name: string): CompiledGate {
  return {
    id: `${place}/${name}`,
    name,
    kind: 'check',
    onFailure: 'rollback',
    dryRun: false,
    timeoutMs: 10_000,
    attempts: 3,
  };
}

export function approvalGate(place: string, name: string, from: readonly string[] = ['sre']): CompiledGate {
  const base = { id: `${place}/${name}`, name, onFailure: 'rollback', dryRun: false } as const;
  return { ...base, kind: 'approval', from, expiresMs: 3_600_000, onExpiry: 'rollback' };
}

export function step(percent: number, hold = '0s', rest: Partial<CompiledStep> = {}): CompiledStep {
  return { percent, audiences: [], holdMs: durationMs(hold), gates: [], ...rest };
}

export function policyOf(given: Partial<CompiledPolicy> = {}): CompiledPolicy {
  return {
    audiences: { internal: { header: 'x-internal', equals: '1' } },
    analyses: {
      errors: { kind: 'threshold', maxRate: 0.01, windowMs: 120_000, minSamples: 100, everyMs: 30_000 },
    },
    cohort: null,
    prepare: { readyWithinMs: 600_000, capacity: 'match-active' },
    verify: { gates: [checkGate('verify', 'smoke')] },
    shift: [step(10, '5m', { gates: [analysisGate('shift[0]')] }), step(100)],
    guardrails: [],
    bake: { forMs: 1_800_000, gates: [] },
    retire: { after: 3_600_000, candidate: 'keep', drainMs: 30_000 },
    limits: {
      totalMs: 14_400_000,
      callMs: 10_000,
      settleMs: 60_000,
      decideMs: 300_000,
      attempts: 5,
      pollMs: 1_000,
    },
    ...given,
  };
}
