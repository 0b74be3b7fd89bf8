import type { Policy } from '@bluegreen/core';
import { errors, flapping } from '@bluegreen/simulator';
import type { SimulateOptions } from '@bluegreen/simulator/explore';
import { releasesOfServices } from './releases-of-services.js';

/** Limits that let a simulated release end in minutes, whatever happens. */
const limits = { total: '30m', settle: '1m', call: '10s', decide: '3m', poll: '4s' } as const;
const analyses = { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } } as const;

/** A canary: a small step, a guardrail, a bake. */
const canary: Policy<never, 'errors'> = {
  analyses,
  shift: [{ to: 10, hold: '40s' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '1m', gates: [{ analysis: 'errors' }] },
  retire: { after: '30s', drain: '5s' },
  limits,
};

const allAtOnce: Policy = {
  prepare: { capacity: 3, readyWithin: '5m' },
  shift: [{ to: 100 }],
  retire: { after: 'immediately', drain: '5s' },
  limits,
};

/** People and checks decide before any user meets it, and a failed check waits for a person. */
const guarded: Policy<'smoke', 'errors', 'internal'> = {
  audiences: { internal: { header: 'x-internal', equals: '1' } },
  analyses,
  cohort: 'sticky',
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
  guardrails: ['errors'],
  bake: { for: '1m', gates: [{ analysis: 'errors' }] },
  retire: { after: '20s', candidate: 'retire', drain: '5s' },
  limits,
};

/** A mirror, then many small steps, each with a gate of its own; one of them reports only. */
const steps: Policy<'smoke', 'errors'> = {
  analyses,
  cohort: 'per-request',
  shift: [
    { mirror: 20, hold: '20s', gates: [{ analysis: 'errors' }] },
    { to: 1, hold: '10s', gates: [{ check: 'smoke', timeout: '5s', dryRun: true }] },
    { to: 5, hold: '20s', gates: [{ analysis: 'errors', onFailure: 'pause' }] },
    { to: 25.5, hold: '20s' },
    { to: 50, hold: '20s', gates: [{ analysis: 'errors' }] },
    { to: 100, hold: '10s' },
  ],
  bake: { for: '30s', gates: [{ wait: '40s', name: 'settle' }] },
  retire: { after: 'keep', candidate: 'keep' },
  limits,
};

/** Nobody has to answer: what expires goes on. */
const unattended: Policy<'smoke'> = {
  verify: { gates: [{ approval: 'look', from: ['anybody'], expires: '30s', onExpiry: 'continue' }] },
  shift: [{ to: 50, hold: '15s' }, { to: 100 }],
  bake: { for: '20s', gates: [{ check: 'smoke', timeout: '5s' }] },
  retire: { after: '15s', candidate: 'retire', drain: '5s' },
  limits,
};

const laggingRouter = {
  capabilities: { fencing: 'checked', propagationMs: 3_000, lateWriteMs: 8_000 },
  afterRestart: 'fallback',
  drain: 'bounded',
} as const;
const stamplessRouter = {
  capabilities: { fencing: 'none', propagationMs: 1_000, lateWriteMs: 6_000, remembers: [] },
  drain: 'absent',
} as const;

/** A person comes after a while and goes on; a stuck release is tried again. */
const helped = {
  held: { afterMs: 20_000, command: 'resume' },
  stuck: { afterMs: 60_000, command: 'retry' },
} as const;
const undone = {
  held: { afterMs: 20_000, command: 'rollback' },
  stuck: { afterMs: 60_000, command: 'rollback' },
} as const;

/** Releases that together use every kind of step, gate, retention and router. */
export const releases: Readonly<Record<string, (seed: number) => SimulateOptions>> = {
  canary: (seed) => ({ policy: canary, seed, held: helped.held }),
  'canary of a bad version': (seed) => ({
    policy: canary,
    seed,
    candidate: errors({ rate: 0.05 }),
    held: helped.held,
  }),
  'all at once': (seed) => ({ policy: allAtOnce, seed, ...helped }),
  'first deployment': (seed) => ({ policy: canary, seed, active: null, held: helped.held }),
  guarded: (seed) => ({ policy: guarded, seed, approval: { afterMs: 7_000 }, ...helped }),
  'guarded, lagging router': (seed) => ({
    policy: guarded,
    seed,
    approval: { afterMs: 7_000 },
    service: { router: laggingRouter },
    ...undone,
  }),
  steps: (seed) => ({ policy: steps, seed, ...helped }),
  'steps of a flapping version': (seed) => ({
    policy: steps,
    seed,
    candidate: flapping(60_000, 8_000),
    ...undone,
  }),
  'unattended, router without stamps': (seed) => ({
    policy: unattended,
    seed,
    approval: 'never',
    service: { router: stamplessRouter },
    ...helped,
  }),
  ...releasesOfServices,
};
