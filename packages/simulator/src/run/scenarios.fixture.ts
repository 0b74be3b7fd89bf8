import type { AnyPolicy } from '@bluegreen/machine';
import { faultsOf } from '../faults/catalogue.js';
import type { CallFault, Operation, PlannedFault, WorldFault } from '../faults/fault-plan.js';
import { crashing, errors, flapping, neverReady } from '../world/behaviour.js';
import type { RouterOptions } from '../world/world-options.js';
import type { SimulateOptions } from './setting.js';

/** Two shifts, a guardrail, a bake and a retention, in a few simulated minutes. */
export const quick: AnyPolicy = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } },
  shift: [{ to: 10, hold: '40s' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '1m', gates: [{ analysis: 'errors' }] },
  retire: { after: '30s', drain: '5s' },
  limits: { total: '30m', settle: '1m', call: '10s', decide: '3m', poll: '4s' },
};

/** Everything a policy can ask for at once. */
export const everything: AnyPolicy = {
  ...quick,
  audiences: { internal: { header: 'x-internal', equals: '1' } },
  verify: {
    gates: [
      { check: 'smoke', timeout: '5s', attempts: 3 },
      { approval: 'go', from: ['sre'], expires: '5m', onExpiry: 'rollback' },
    ],
  },
  shift: [
    { audience: 'internal', hold: '20s' },
    { to: 10, hold: '20s', gates: [{ analysis: 'errors' }, { wait: '15s' }] },
    { to: 100, gates: [{ check: 'smoke', timeout: '5s', attempts: 2, onFailure: 'pause' }] },
  ],
  retire: { after: '20s', candidate: 'retire', drain: '5s' },
};

/** A router whose fleet follows late, and that falls back when it restarts. */
export const laggingRouter: RouterOptions = {
  capabilities: { fencing: 'checked', propagationMs: 3_000, lateWriteMs: 8_000 },
  afterRestart: 'fallback',
  drain: 'bounded',
};

/** A router that keeps no stamp: nobody can tell whose write it shows. */
export const stamplessRouter: RouterOptions = {
  capabilities: { fencing: 'none', propagationMs: 1_000, lateWriteMs: 6_000, remembers: [] },
  drain: 'absent',
};

/** Releases of every kind; each is told a seed. */
export const scenarios: Readonly<Record<string, (seed: number) => SimulateOptions>> = {
  good: (seed) => ({ policy: quick, seed }),
  bad: (seed) => ({ policy: quick, seed, candidate: errors({ rate: 0.05 }) }),
  'bad late': (seed) => ({ policy: quick, seed, candidate: errors({ rate: 0.2, afterMs: 70_000 }) }),
  'never ready': (seed) => ({ policy: quick, seed, candidate: neverReady() }),
  'first deploy': (seed) => ({ policy: quick, seed, active: null }),
  flapping: (seed) => ({ policy: quick, seed, candidate: flapping(60_000, 8_000) }),
  crashing: (seed) => ({ policy: quick, seed, candidate: crashing(50_000) }),
  everything: (seed) => ({ policy: everything, seed, approval: { afterMs: 7_000 + seed } }),
  unapproved: (seed) => ({ policy: everything, seed, approval: 'never' }),
  'checks with retries': (seed) => ({
    policy: everything,
    seed,
    faults: [
      { at: { operation: 'check', call: 1, times: 1 + (seed % 3) }, fault: seed % 2 === 0 ? 'check-fails' : 'hang' },
    ],
  }),
  'slow router': (seed) => ({ policy: everything, seed, service: { router: laggingRouter } }),
  'router without stamps': (seed) => ({ policy: quick, seed, service: { router: stamplessRouter } }),
  'faulty calls': (seed) => ({
    policy: everything,
    seed,
    service: { router: laggingRouter, environment: { capabilities: { lateWriteMs: 8_000 } } },
    faults: callFaults(seed),
    held: { afterMs: 20_000, command: seed % 2 === 0 ? 'resume' : 'rollback' },
  }),
  'faulty world': (seed) => ({
    policy: quick,
    seed,
    faults: worldFaults(seed),
    held: { afterMs: 20_000, command: 'resume' },
  }),
};

const operations: readonly Operation[] = ['route', 'observe-routing', 'converge', 'observe-environment', 'metrics'];

/** Some faults for some calls, chosen by the seed: every fault comes up within a few dozen seeds. */
function callFaults(seed: number): PlannedFault[] {
  return operations.map((operation, index) => {
    const names = faultsOf(operation);
    const fault = names[(seed * 5 + index * 3) % names.length]!;
    return { at: { operation, call: 1 + ((seed * 7 + index) % 5) }, ...detailed(fault, seed) } as PlannedFault;
  });
}

function detailed(fault: CallFault['fault'], seed: number): CallFault {
  if (fault === 'hang' || fault === 'reply-lost') {
    return { fault, lands: (['never', 'after-next-write', { afterMs: 1_500 }] as const)[seed % 3]! };
  }
  if (fault === 'slow' || fault === 'effect-delayed' || fault === 'metrics-stale') return { fault, byMs: 2_500 };
  return { fault } as CallFault;
}

function worldFaults(seed: number): PlannedFault[] {
  const faults: readonly WorldFault[] = [
    { fault: 'outage', forMs: 20_000 },
    { fault: 'candidate-dies', forMs: 15_000 },
    { fault: 'active-dies', forMs: 15_000 },
    { fault: 'router-silent', forMs: 9_000 },
    { fault: 'router-restarts' },
    { fault: 'autoscaler-interferes', slot: 'candidate', instances: 1 },
    { fault: 'outage', forMs: 40_000, operations: ['metrics'] },
  ];
  return [{ at: { time: (seed * 7_919) % 240_000 }, ...faults[seed % faults.length]! }];
}
