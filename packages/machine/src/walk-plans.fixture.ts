import { type Slot, trafficCapabilities } from '@bluegreen/contract';
import fc from 'fast-check';
import type { CompiledPolicy } from './compiled-policy.js';
import type { CommandFact } from './events.js';
import { analysisGate, approvalGate, capable, checkGate, planOf, policyOf } from './plan.fixture.js';
import type { ReleasePlan } from './release-plan.js';

/** Choices for a walk. */
export const tapes = fc.array(fc.nat({ max: 65_535 }), { minLength: 20, maxLength: 400, size: 'max' });

export const gateNames = [
  'verify/smoke',
  'verify/go-live',
  'shift[1]/errors',
  'bake/errors',
  'bake/sure',
  'guardrail/errors',
];

const rich: Partial<CompiledPolicy> = {
  audiences: { staff: { header: 'x-staff', equals: '1' } },
  verify: { gates: [checkGate('verify/smoke'), { ...approvalGate('verify/go-live'), onFailure: 'pause' }] },
  shift: [
    { percent: 0, audiences: ['staff'], holdMs: 60_000, gates: [] },
    { percent: 10, audiences: ['staff'], holdMs: 60_000, gates: [analysisGate('shift[1]/errors')] },
    { percent: 100, audiences: [], holdMs: 0, gates: [] },
  ],
  guardrails: [analysisGate('guardrail/errors')],
  bake: { forMs: 300_000, gates: [analysisGate('bake/errors'), approvalGate('bake/sure', 'continue')] },
};

/** Copies come first, and are off again wherever the walk turns. */
const mirrored: Partial<CompiledPolicy> = {
  ...rich,
  shift: [{ percent: 0, mirrorPercent: 25, audiences: [], holdMs: 60_000, gates: [] }, ...rich.shift!],
};

const lagging = { propagationMs: 5_000 };
const loose = trafficCapabilities({ ...capable, fencing: 'none', remembers: [], ...lagging });
const checked = trafficCapabilities({ ...capable, fencing: 'checked' });

/** Policies and routers that differ in what the rules look at. */
export const plans: readonly (readonly [name: string, plan: ReleasePlan, active: Slot | null])[] = [
  ['plain', planOf(), 'blue'],
  ['rich', planOf(policyOf(rich)), 'green'],
  ['rich, lagging', planOf(policyOf(rich), { ...capable, ...lagging }), 'blue'],
  ['mirrored', planOf(policyOf(mirrored), { ...capable, mirror: true }), 'blue'],
  ['mirrored, nothing to fence with', planOf(policyOf(mirrored), { ...loose, mirror: true }), 'green'],
  ['nothing to fence with', planOf(policyOf(rich), loose), 'blue'],
  ['checked', planOf(policyOf({ retire: { after: 0, candidate: 'retire', drainMs: 1_000 } }), checked), 'blue'],
  ['kept', planOf(policyOf({ retire: { after: 'keep', candidate: 'keep', drainMs: 1_000 } })), 'green'],
  ['first', planOf(policyOf(rich)), null],
  ['first, loose', planOf(policyOf(), loose), null],
];

export const rarely: readonly CommandFact['type'][] = [
  'gate-skip-requested',
  'approval-granted',
  'pause-requested',
  'resume-requested',
  'rollback-requested',
  'retry-requested',
  'retention-cut',
];
