import type { Policy } from '@bluegreen/core';
import { errors } from '@bluegreen/simulator';
import type { SimulateOptions } from '@bluegreen/simulator/explore';

/** Limits that let a simulated release end in minutes, whatever happens. */
const limits = { total: '30m', settle: '1m', call: '10s', decide: '3m', poll: '4s' } as const;
const analyses = { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } } as const;

/** A shop and what it calls go over together, step by step, with migrations before and after and hooks in between. */
const together: Policy<never, 'errors'> = {
  analyses,
  prepare: { capacity: 'match-active', parity: 'require' },
  shift: [{ to: 20, hold: '20s', gates: [{ analysis: 'errors' }] }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '30s' },
  retire: { after: '20s', candidate: 'retire', drain: '5s' },
  hooks: { afterCutover: ['warm-cache'], onRollback: ['drop-cache'] },
  limits,
};

/** Two people who did not ask for it, and another system, say go. */
const asked: Policy = {
  verify: {
    gates: [
      {
        approval: 'go',
        from: ['sre', 'owner'],
        expires: '10m',
        onExpiry: 'rollback',
        count: 2,
        byRequester: 'refused',
      },
      { webhook: 'change-board', expires: '5m', timeout: '5s', attempts: 2 },
    ],
  },
  shift: [
    {
      to: 50,
      hold: '20s',
      gates: [
        { wait: '30s' },
        { approval: 'further', from: ['sre'], expires: '2m', onExpiry: 'continue', byRequester: 'allowed' },
      ],
    },
    { to: 100 },
  ],
  bake: { for: '20s', gates: [{ webhook: 'change-board', expires: '5m', onFailure: 'pause' }] },
  retire: { after: '20s', drain: '5s' },
  limits,
};

/** It may shift in two short stretches of the day, and waits in between. */
const windowed: Policy = {
  shift: [
    { to: 10, hold: '30s' },
    { to: 50, hold: '3m' },
    { to: 100, hold: '20s' },
  ],
  bake: { for: '20s' },
  retire: { after: 'immediately', drain: '5s' },
  windows: {
    timeZone: 'UTC',
    open: [
      { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '22:31', to: '22:33' },
      { days: ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'], from: '22:36', to: '22:38' },
    ],
    frozen: [{ from: '2026-12-24', to: '2026-12-26' }],
  },
  limits,
};

/** Its workers are handed over, and its autoscalers stand still meanwhile. */
const handedOver: Policy<never, 'errors', 'staff' | 'office'> = {
  audiences: {
    staff: { cookie: 'staff', equals: '1' },
    office: { sourceRanges: ['10.0.0.0/8'] },
  },
  analyses,
  cohort: 'bound',
  prepare: { autoscaling: 'freeze', previewCapacity: 1, capacity: 3, readyWithin: '5m' },
  shift: [
    { audience: 'staff', hold: '10s' },
    { audience: 'office', hold: '10s' },
    { to: 30, hold: '20s' },
    { to: 100 },
  ],
  guardrails: ['errors'],
  bake: { for: '1m', gates: [{ analysis: 'errors' }] },
  retire: { after: '20s', candidate: 'retire', drain: '5s' },
  workers: { onRollback: 'gap' },
  limits,
};

/** The judges that compare with the active slot. */
const compared: Policy<never, 'ratio' | 'latency'> = {
  analyses: {
    ratio: {
      kind: 'error-ratio',
      maxRatio: 3,
      maxRate: 0.02,
      minSamples: 100,
      minTime: '30s',
      every: '15s',
      failAbove: 1.5,
      harmlessRate: 0.003,
      falsePass: 0.05,
    },
    latency: { kind: 'latency', quantiles: [0.9], maxSlowdown: 1.5, minSamples: 100, minTime: '30s', warmUp: '20s' },
  },
  cohort: 'redrawn',
  shift: [
    {
      to: 20,
      raise: { to: 40, every: '20s' },
      hold: '1m',
      gates: [{ analysis: 'ratio' }, { analysis: 'latency', dryRun: true }],
    },
    { to: 100, hold: '10s' },
  ],
  guardrails: ['ratio'],
  bake: { for: '1m' },
  retire: { after: '20s', drain: '5s' },
  limits: { ...limits, decide: '10m', attempts: 5, falseFail: 0.01 },
};

const helped = {
  held: { afterMs: 20_000, command: 'resume' },
  stuck: { afterMs: 60_000, command: 'retry' },
} as const;

const shop = { dependsOn: ['api'], migrations: { expand: ['add-column'], contract: ['drop-column'] } } as const;

/** A router that takes its time: who does not wait for it is ahead of it. */
const slowRouter = { service: { router: { latencyMs: 400, capabilities: { propagationMs: 2_000 } } } } as const;

/** Releases of several services, and of policies that ask for more than weights. */
export const releasesOfServices: Readonly<Record<string, (seed: number) => SimulateOptions>> = {
  'several services': (seed) => ({
    policy: together,
    seed,
    ...shop,
    others: { api: slowRouter, images: {} },
    ...helped,
  }),
  'several services, a bad one': (seed) => ({
    policy: together,
    seed,
    ...shop,
    others: { api: { candidate: errors({ rate: 0.05 }) } },
    held: helped.held,
  }),
  'two services behind one router': (seed) => ({
    policy: together,
    seed,
    service: { router: { resource: 'edge', capabilities: { fencing: 'checked', lateWriteMs: 4_000 } } },
    others: {
      api: { service: { router: { resource: 'edge', capabilities: { fencing: 'checked', lateWriteMs: 4_000 } } } },
    },
    ...helped,
  }),
  'asked of many': (seed) => ({ policy: asked, seed, approval: { afterMs: 9_000 }, ...helped }),
  'in windows': (seed) => ({ policy: windowed, seed, startsAt: '22:29', ...helped }),
  'workers handed over': (seed) => ({ policy: handedOver, seed, ...helped }),
  'workers taken back': (seed) => ({
    policy: { ...handedOver, workers: { onRollback: 'overlap' } },
    seed,
    candidate: errors({ rate: 0.2, afterMs: 60_000 }),
    held: helped.held,
  }),
  compared: (seed) => ({ policy: compared, seed, traffic: '1000rps', held: helped.held }),
};
