import { describe, expect, it } from 'vitest';
import { compilePolicy } from './check.js';
import { type AnyPolicy, definePolicy } from './policy.js';
import { shortestMs } from './shortest-duration.js';

const minute = 60_000;
const errors = { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 50 } as const;

describe('defaults', () => {
  it('fill in the smallest policy', () => {
    expect(compilePolicy({ shift: [{ to: 100 }] })).toEqual({
      audiences: {},
      analyses: {},
      cohort: null,
      prepare: { readyWithinMs: 10 * minute, capacity: 'match-active', autoscaling: 'leave', parity: 'ignore' },
      verify: { gates: [] },
      shift: [{ percent: 100, audiences: [], holdMs: 0, gates: [] }],
      guardrails: [],
      bake: { forMs: 0, gates: [] },
      retire: { after: 60 * minute, candidate: 'keep', drainMs: 30_000 },
      limits: {
        totalMs: 24 * 60 * minute,
        callMs: 30_000,
        settleMs: 5 * minute,
        decideMs: 30 * minute,
        attempts: 5,
        pollMs: 1_000,
      },
    });
  });

  it('fill in gates', () => {
    const { verify, guardrails } = compilePolicy({
      analyses: { errors },
      verify: { gates: [{ check: 'smoke' }, { wait: '5m' }] },
      shift: [{ to: 100 }],
      guardrails: ['errors'],
    });
    expect(verify.gates).toEqual([
      {
        kind: 'check',
        id: 'verify/smoke',
        name: 'smoke',
        onFailure: 'rollback',
        dryRun: false,
        timeoutMs: minute,
        attempts: 1,
      },
      { kind: 'wait', id: 'verify/wait', name: 'wait', onFailure: 'rollback', dryRun: false, waitMs: 5 * minute },
    ]);
    expect(guardrails).toEqual([
      {
        kind: 'analysis',
        id: 'guardrail/errors',
        name: 'errors',
        onFailure: 'rollback',
        dryRun: false,
        analysis: 'errors',
      },
    ]);
  });

  it.each([
    ['2m', undefined, 10_000],
    ['4s', undefined, 4_000],
    ['2m', '1m', minute],
  ] as const)('measure a window of %s, every %s, each %d ms', (window, every, everyMs) => {
    const analysis = every === undefined ? { ...errors, window } : { ...errors, window, every };
    expect(compilePolicy({ analyses: { errors: analysis }, shift: [{ to: 100 }] }).analyses.errors!.everyMs).toBe(
      everyMs,
    );
  });
});

describe('steps', () => {
  it('copy requests in one step only, which sends nobody anywhere', () => {
    const { shift } = compilePolicy({ shift: [{ mirror: 20, hold: '10m' }, { to: 5 }, { to: 100 }] });
    expect(shift.map(({ percent, mirrorPercent }) => [percent, mirrorPercent])).toEqual([
      [0, 20],
      [5, undefined],
      [100, undefined],
    ]);
  });

  it('keep the percent when an audience is switched on, keep audiences on, and drop them at 100', () => {
    const { shift } = compilePolicy({
      audiences: { internal: { header: 'x-internal', equals: '1' }, office: { sourceRanges: ['10.0.0.0/8'] } },
      shift: [
        { audience: 'internal', hold: '10m' },
        { to: 5.5, hold: '5m' },
        { audience: 'office', hold: '1h' },
        { to: 50, hold: '5m' },
        { to: 100, hold: '2m' },
      ],
    });
    expect(shift.map(({ percent, audiences, holdMs }) => [percent, audiences, holdMs / minute])).toEqual([
      [0, ['internal'], 10],
      [5.5, ['internal'], 5],
      [5.5, ['internal', 'office'], 60],
      [50, ['internal', 'office'], 5],
      [100, [], 2],
    ]);
  });
});

describe('gates', () => {
  it('are named by their place', () => {
    const policy = compilePolicy({
      analyses: { errors },
      verify: { gates: [{ approval: 'go-live', from: ['sre'], expires: '1h', onExpiry: 'continue' }] },
      shift: [
        { to: 5, hold: '5m' },
        { to: 100, gates: [{ analysis: 'errors', onFailure: 'pause', dryRun: true }] },
      ],
      bake: { for: '30m', gates: [{ wait: '10m', name: 'lunch' }, { analysis: 'errors' }] },
    });
    const gates = [policy.verify, ...policy.shift, policy.bake].flatMap((place) => place.gates);
    expect(gates.map(({ id }) => id)).toEqual(['verify/go-live', 'shift[1]/errors', 'bake/lunch', 'bake/errors']);
    expect(gates[0]).toMatchObject({ from: ['sre'], expiresMs: 60 * minute, onExpiry: 'continue' });
    expect(gates[1]).toMatchObject({ onFailure: 'pause', dryRun: true });
  });
});

describe('retention is one of three things (S15)', () => {
  it.each([
    ['keep', 'keep'],
    ['immediately', 0],
    ['90m', 90 * minute],
  ] as const)('%s is %s', (after, compiled) => {
    expect(compilePolicy({ shift: [{ to: 100 }], retire: { after } }).retire.after).toBe(compiled);
  });
});

describe('the shortest duration', () => {
  it('adds up places, and in each takes the longest of hold, waits and full windows', () => {
    const policy = definePolicy({
      analyses: { errors, slow: { ...errors, window: '20m' } },
      verify: { gates: [{ wait: '3m' }, { check: 'smoke' }] },
      shift: [
        { to: 5, hold: '1m', gates: [{ analysis: 'errors' }] },
        { to: 20, hold: '1m', gates: [{ analysis: 'slow', dryRun: true }] },
        { to: 100 },
      ],
      bake: { for: '10m', gates: [{ analysis: 'slow' }, { wait: '15m' }] },
    });
    expect(shortestMs(compilePolicy(policy)) / minute).toBe(3 + 2 + 1 + 0 + 20);
  });
});

it('compiles into plain data that survives a journal', () => {
  const policy: AnyPolicy = {
    audiences: { a: { cookie: 'a', equals: '1' } },
    shift: [{ audience: 'a', hold: '1m' }, { to: 100 }],
  };
  const compiled = compilePolicy(policy);
  expect(JSON.parse(JSON.stringify(compiled))).toEqual(compiled);
});

describe('analyses that compare with the active slot', () => {
  const ratio = { kind: 'error-ratio', maxRatio: 2, maxRate: 0.01 } as const;
  const latency = { kind: 'latency', quantiles: [0.9, 0.99], maxSlowdown: 1.1 } as const;

  it('get their defaults', () => {
    const { analyses } = compilePolicy({ analyses: { ratio, latency }, shift: [{ to: 100 }], guardrails: ['ratio'] });
    expect(analyses.ratio).toEqual({
      kind: 'error-ratio',
      maxRatio: 2,
      failAbove: 1,
      maxRate: 0.01,
      harmlessRate: 0.001,
      failBudget: 0.01,
      passBudget: 0.03,
      minSamples: 50,
      minTimeMs: 5 * minute,
      everyMs: 15_000,
    });
    expect(analyses.latency).toMatchObject({
      quantiles: [0.9, 0.99],
      maxSlowdown: 1.1,
      warmUpMs: 15 * minute,
      passBudget: 0.02,
    });
  });

  it('share one chance to fail a good version among all their gates and guardrails, dry runs left out', () => {
    const policy = compilePolicy({
      analyses: { ratio, latency, errors },
      shift: [
        { to: 5, hold: '5m', gates: [{ analysis: 'ratio' }, { analysis: 'latency' }, { analysis: 'errors' }] },
        { to: 50, hold: '5m', gates: [{ analysis: 'ratio' }, { analysis: 'latency', dryRun: true }] },
        { to: 100 },
      ],
      guardrails: ['ratio', 'errors'],
      limits: { falseFail: 0.02 },
    });
    expect(policy.analyses.ratio).toMatchObject({ failBudget: 0.005 });
    expect(policy.analyses.latency).toMatchObject({ failBudget: 0.005 });
  });
});
