import { definePolicy } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { backtest } from './backtest.js';
import { backtestAll } from './backtest-all.js';
import { printBacktest } from './print-backtest.js';
import type { Recording } from './recording.js';
import { cellMs, recordedFrom, recordedRelease } from './recordings.fixture.js';
import { sweepPolicy } from './sweep.js';

const policy = definePolicy({
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 600, every: '15s' } },
  shift: [
    { to: 10, hold: '5m', gates: [{ analysis: 'errors' }] },
    { to: 50, hold: '5m', gates: [{ analysis: 'errors' }] },
    { to: 100 },
  ],
  guardrails: ['errors'],
  bake: { for: '10m', gates: [{ analysis: 'errors' }] },
  retire: { after: 'immediately' },
});

/** As the policy itself would have shifted. */
const steps = (minute: number): number => (minute < 5 ? 0.1 : minute < 10 ? 0.5 : 1);
const good = recordedRelease({ name: 'good', truth: 'good', share: steps, candidateRate: 0.003 });
const bad = recordedRelease({ name: 'bad', truth: 'bad', share: () => 0.1, candidateRate: 0.05 });

describe('a backtest', () => {
  it('promotes what was good, with all that was recorded', () => {
    const run = backtest(policy, good);
    expect(run).toMatchObject({ outcome: 'promoted', gate: null });
    expect(run.afterMs).toBeGreaterThanOrEqual(20 * 60_000);
    expect(run.usedShare).toBeGreaterThan(0.97);
  });

  it('stops what was bad, says when, by which gate, and what it would have cost', () => {
    const run = backtest(policy, bad);
    expect(run.outcome).toBe('stopped');
    expect(run.gate).toMatch(/errors/);
    // 600 requests at a tenth of 100 a second are there after 60 s.
    expect(run.afterMs).toBeGreaterThan(55_000);
    expect(run.afterMs).toBeLessThan(120_000);
    expect(run.candidateErrors / run.candidateRequests).toBeGreaterThan(0.03);
    expect(run.excessErrors).toBeLessThan(run.candidateErrors);
    expect(run.excessErrors).toBeGreaterThan(0);
  });

  it('stops late what went wrong late, and counts from the first user on the candidate', () => {
    const late = recordedRelease({
      name: 'late',
      share: steps,
      candidateRate: (minute) => (minute < 7 ? 0.003 : 0.08),
    });
    const run = backtest(policy, late);
    expect(run.outcome).toBe('stopped');
    expect(run.afterMs).toBeGreaterThan(7 * 60_000);
    expect(run.afterMs).toBeLessThan(10 * 60_000);
  });

  it('does not make up what the recorded candidate would have done after it was gone', () => {
    const cut = { ...bad, name: 'cut', cells: bad.cells.filter(({ fromMs }) => fromMs < recordedFrom + 2 * cellMs) };
    const patient = { ...policy, analyses: { errors: { ...policy.analyses!.errors, minSamples: 5_000 } } };
    const run = backtest(patient as typeof policy, cut);
    expect(run.outcome).toBe('too-short');
    expect(run.sentence).toContain('shifting');
    expect(run.afterMs).toBe(2 * cellMs);
  });

  it('says how much of the traffic it could use where the weights differ', () => {
    const narrow = recordedRelease({ name: 'narrow', share: () => 0.01, candidateRate: 0.003 });
    const run = backtest(policy, narrow);
    expect(run.usedShare).toBeLessThan(0.11);
    expect(run.assumed.join()).toMatch(/% of the recorded traffic could be used/);
  });

  it('is the same for the same seed, and another draw for another one', () => {
    const narrow = recordedRelease({ name: 'narrow', share: () => 0.3, candidateRate: 0.003 });
    expect(backtest(policy, narrow, { seed: 3 })).toEqual(backtest(policy, narrow, { seed: 3 }));
    const evidence = (seed: number) => JSON.stringify(backtest(policy, narrow, { seed }).records);
    expect(evidence(3)).not.toBe(evidence(4));
  });

  it('keeps to the windows of the policy, in the hours of the recorded release', () => {
    // The recorded candidate had its first users on a Tuesday at nine.
    const inHours = (from: string, to: string) => {
      const windows = { timeZone: 'UTC', open: [{ days: ['tue'], from, to }] };
      return backtest({ ...policy, windows } as never, good);
    };
    expect(inHours('08:00', '18:00').outcome).toBe('promoted');
    expect(inHours('08:00', '09:03').outcome).not.toBe('promoted');
  });

  it('says what it does not replay', () => {
    const more = {
      ...policy,
      audiences: { staff: { header: 'x-staff', equals: '1' } },
      analyses: { ...policy.analyses, slow: { kind: 'latency', quantiles: [0.9], maxSlowdown: 1.2 } },
    };
    const { assumed } = backtest(more as never, bad);
    expect(assumed.join()).toContain('audiences are not replayed');
    expect(assumed.join()).toContain('no latencies');
    expect(assumed.join()).not.toContain('0.1 %');
  });

  it('leaves the recording as it is', () => {
    const before = structuredClone(bad);
    backtest(policy, bad);
    expect(bad).toEqual(before);
  });

  it.each<readonly [string, Recording['cells']]>([
    ['no users on the candidate', good.cells.slice(0, 10)],
    ['cells that overlap', [good.cells[50]!, good.cells[50]!]],
    ['more errors than requests', [{ ...good.cells[50]!, candidate: { requests: 1, errors: 2 } }]],
    ['a fraction', [{ ...good.cells[50]!, candidate: { requests: 1.5, errors: 0 } }]],
  ])('refuses a recording with %s', (_, cells) => {
    expect(() => backtest(policy, { name: 'broken', cells })).toThrow('simulator/recording-invalid');
  });
});

describe('a backtest of gates that compare', () => {
  const compared = definePolicy({
    analyses: { errors: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.05, minTime: '1m' } },
    shift: [{ to: 10, hold: '20m', gates: [{ analysis: 'errors' }] }, { to: 50, hold: '10m' }, { to: 100 }],
    guardrails: ['errors'],
  });

  it('stops what is three times as bad and far below any limit, and promotes its equal', () => {
    const share = (minute: number) => (minute < 25 ? 0.1 : 0.5);
    const worse = recordedRelease({ name: 'worse', share: () => 0.1, candidateRate: 0.009 });
    const equal = recordedRelease({ name: 'equal', share, candidateRate: 0.003 });
    expect(backtest(compared, worse).outcome).toBe('stopped');
    expect(backtest(compared, equal).outcome).toBe('promoted');
  });

  it('never fails for a split that it dealt itself', () => {
    const narrow = recordedRelease({ name: 'narrow', share: () => 0.03, candidateRate: 0.003 });
    const run = backtest(compared, narrow);
    expect(JSON.stringify(run.records)).not.toContain('split-mismatch');
    expect(run.usedShare).toBeLessThan(0.4);
  });
});

describe('backtests of many releases', () => {
  const many = [1, 2, 3].flatMap((seed) => [
    recordedRelease({ name: `good-${seed}`, truth: 'good', seed, share: steps, candidateRate: 0.003 }),
    recordedRelease({ name: `bad-${seed}`, truth: 'bad', seed, share: () => 0.1, candidateRate: 0.03 }),
  ]);

  it('are a table of what should have been stopped and what would have been', () => {
    const table = backtestAll(policy, many);
    expect(table.outcomes.good).toMatchObject({ promoted: 3, stopped: 0 });
    expect(table.outcomes.bad).toMatchObject({ promoted: 0, stopped: 3 });
    expect(table.missed).toEqual([]);
    expect(table.falseStops).toEqual([]);
    expect(table.medianStopMs).toBeLessThan(150_000);
    expect(table.runs).toHaveLength(6);
    // Three of three is little: it may be four in ten.
    expect(table.badStopped).toMatchObject({ count: 3, of: 3, upper: 1 });
    expect(table.badStopped!.lower).toBeCloseTo(0.438, 2);
    expect(backtestAll(policy, []).badStopped).toBe(null);
    expect(printBacktest(table).split('\n').slice(0, 5)).toEqual([
      '              promoted    stopped  undecided       held  too-short',
      'good                 3          0          0          0          0',
      'bad                  0          3          0          0          0',
      '',
      '3 of 3 bad versions stopped (95 %: 44 % to 100 %).',
    ]);
  });

  it('find the better one of several limits, as a policy that can be stored', () => {
    const sweep = { 'analyses.errors.maxRate': [0.0005, 0.01, 0.2], 'shift.0.hold': ['5m'] };
    const swept = sweepPolicy(policy, sweep, many);
    expect(swept.map(({ values }) => values['analyses.errors.maxRate'])[0]).toBe(0.01);
    expect(swept[0]!.policy).toEqual({ ...policy });
    const [strict, blind] = [0.0005, 0.2].map((limit) =>
      swept.find(({ values }) => values['analyses.errors.maxRate'] === limit),
    );
    expect(strict!.falseStops).toHaveLength(3);
    expect(blind!.outcomes.bad.stopped).toBe(0);
  });

  it.each([
    { 'analyses.error.maxRate': [0.1] },
    { 'shift.7.to': [5] },
    { 'bake.for': [] },
    { 'shift.0.constructor': ['x'] },
  ])('refuse values without a place, or a place without values: %o', (sweep) => {
    expect(() => sweepPolicy(policy, sweep, many)).toThrow('simulator/sweep-invalid');
  });

  it('refuse a value that is no policy', () => {
    expect(() => sweepPolicy(policy, { 'shift.0.to': [500] }, many)).toThrow('policy/');
  });
});
