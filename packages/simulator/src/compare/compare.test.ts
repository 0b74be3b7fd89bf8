import type { AnyPolicy } from '@bluegreen/machine';
import { describe, expect, test } from 'vitest';
import { prior } from '../scenarios/prior.js';
import { runScenario, type Scenario } from '../scenarios/scenario.js';
import { lowTrafficNight } from '../scenarios/surroundings.js';
import { flat5pct, healthyRelease, totalFailure } from '../scenarios/versions.js';
import { type CompareOptions, compare } from './compare.js';
import { type Comparison, figuresOf, mixedFigures } from './comparison.js';
import { mergeComparisons } from './merge.js';
import { comparisonCsv, printComparison } from './print-comparison.js';
import { Decider } from './requirement.js';
import { seedOf } from './stretch.js';
import { meanOf, quantileOf, ValueCounter } from './value-counts.js';

const watched: AnyPolicy = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 500 } },
  shift: [{ to: 10, hold: '2m' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '5m', gates: [{ analysis: 'errors' }] },
  retire: { after: '5m' },
};
const unwatched: AnyPolicy = { shift: [{ to: 100 }], retire: { after: '5m' } };

const options: CompareOptions = {
  policies: { watched, unwatched },
  scenarios: [healthyRelease, flat5pct, totalFailure],
  runs: 15,
  seed: 3,
  workers: 1,
};

describe('a comparison', () => {
  test('says what each policy does, with the same seeds for all', { timeout: 60_000 }, async () => {
    const { scenarios } = await compare(options);
    const figures = (scenario: number, policy: number) => figuresOf(scenarios[scenario]!.tallies[policy]!);
    expect(figures(0, 0).promoted).toMatchObject({ value: 1, upper: 1 });
    expect(figures(1, 0).rolledBack.value).toBe(1);
    expect(figures(1, 1).promoted.value).toBe(1);
    expect(figures(1, 1).failedMore.lower).toBeGreaterThan(1_000);
    expect(figures(1, 0).detectMs.value).toBeLessThan(180_000);
    expect(figures(1, 1).detected.value).toBe(0);
    expect(scenarios[1]!.tallies[1]!.flips).toEqual([15, 0]);
    expect(figures(2, 0).promoted.upper).toBeLessThan(0.25);
    const one = runScenario(flat5pct, { policy: watched, seed: seedOf(3, 5) });
    expect(scenarios[1]!.tallies[0]!.failed.some(([failed]) => failed === one.impact.failed)).toBe(true);
  });

  test('of parts merges into that of the whole, number by number', { timeout: 60_000 }, async () => {
    const whole = await compare(options);
    const parts: Comparison[] = [];
    for (const index of [2, 3, 1]) parts.push(await compare({ ...options, shard: { index, of: 3 } }));
    expect(JSON.stringify(mergeComparisons(parts))).toBe(JSON.stringify(whole));
    expect(() => mergeComparisons(parts.slice(1))).toThrow(/simulator\/shards-differ/);
    const [first, second] = parts;
    expect(() => mergeComparisons([first!, first!, second!])).toThrow(/simulator\/shards-differ/);
    expect(() => mergeComparisons([])).toThrow(/simulator\/shards-differ/);
  });

  test('stops where all is decided, as early for any way of asking', { timeout: 60_000 }, async () => {
    const requirement = { shipsBadAtMost: 0.1, rollsBackGoodAtMost: 0.1 };
    const { scenarios } = await compare({ ...options, runs: 400, requirement });
    expect(scenarios.map(({ decisions }) => decisions)).toEqual([
      ['holds', 'holds'],
      ['holds', 'broken'],
      ['holds', 'broken'],
    ]);
    expect(scenarios.every(({ tallies }) => tallies[0]!.runs < 100)).toBe(true);
  });

  test('can be cancelled, and shows its progress', { timeout: 60_000 }, async () => {
    const controller = new AbortController();
    const seen: number[] = [];
    const onProgress = ({ done, most }: { done: number; most: number }) => {
      seen.push(done);
      expect(done).toBeLessThanOrEqual(most);
      if (done > 60) controller.abort();
    };
    const cancelled = await compare({ ...options, runs: 1_000, onProgress, signal: controller.signal });
    expect(cancelled.ended).toBe('cancelled');
    expect(seen.at(-1)).toBeLessThan(400);
    expect([...seen].sort((a, b) => a - b)).toEqual(seen);
  });

  test('mixes scenarios in the shares of the prior, and shows what it assumed', { timeout: 60_000 }, async () => {
    const comparison = await compare({ ...options, scenarios: prior(), runs: 4 });
    const [careful, careless] = [mixedFigures(comparison, 0)!, mixedFigures(comparison, 1)!];
    expect(careless.shippedBad.value).toBeCloseTo(0.1, 6);
    expect(careful.shippedBad.value).toBeLessThan(careless.shippedBad.value);
    const text = printComparison(comparison);
    expect(text).toMatch(/healthy 90 %, double-errors 3 %/);
    expect(text).toMatch(/\[ \]: 95 %/);
    expect(mixedFigures(await compare({ ...options, runs: 1 }), 0)).toBeNull();
  });

  test('is a table for a terminal and a file for a sheet', { timeout: 60_000 }, async () => {
    const comparison = await compare(options);
    const text = printComparison(comparison);
    expect(text).toMatch(
      /flat-5pct, a bad version, 15 runs: 5 %.+\n {20}.+watched +unwatched\n {2}promoted +0 \[0, 20\.4\] %/,
    );
    expect(text.split('\n').every((line) => line.length <= 130)).toBe(true);
    const lines = comparisonCsv(comparison).split('\n');
    expect(lines).toHaveLength(7);
    expect(new Set(lines.map((line) => line.split(',').length)).size).toBe(1);
    expect(JSON.parse(JSON.stringify(comparison))).toEqual(comparison);
  });

  test('takes scenarios of your own, functions included', { timeout: 60_000 }, async () => {
    const own: Scenario = { ...flat5pct, name: 'own', world: () => ({ candidate: { errorRate: 0.2 } }) };
    const { scenarios } = await compare({ ...options, scenarios: [own], runs: 3 });
    expect(scenarios[0]!.tallies[0]!.outcomes[1]).toBe(3);
  });

  test.each<[string, Partial<CompareOptions>]>([
    ['no policy', { policies: {} }],
    ['no scenario', { scenarios: [] }],
    ['one scenario twice', { scenarios: [flat5pct, flat5pct] }],
    ['no run', { runs: 0 }],
    ['a part that is none', { shard: { index: 4, of: 3 } }],
  ])('refuses %s', async (_, wrong) => {
    await expect(compare({ ...options, ...wrong })).rejects.toThrow(/simulator\/world-invalid/);
  });

  test('refuses a policy that is none before anything runs', async () => {
    const policies = { bad: { shift: [] } as unknown as AnyPolicy };
    await expect(compare({ ...options, policies })).rejects.toThrow(/policy\//);
  });

  test('counts a release without an end as one', { timeout: 60_000 }, async () => {
    const endless: Scenario = {
      ...lowTrafficNight,
      name: 'endless',
      world: () => ({ ...lowTrafficNight.world(), horizonMs: 60_000 }),
    };
    const { scenarios } = await compare({ ...options, scenarios: [endless], runs: 2 });
    expect(scenarios[0]!.tallies[0]!.outcomes).toEqual([0, 0, 0, 2]);
  });
});

describe('the figures', () => {
  test('have the intervals of their formulas', () => {
    const counter = new ValueCounter();
    for (const value of [1, 2, 3, 4, 5]) counter.add(value);
    const mean = meanOf(counter.counts)!;
    // t(0.975, 4) = 2.776445, s = sqrt(2.5).
    expect(mean.value).toBe(3);
    expect(mean.upper - 3).toBeCloseTo(2.776445 * Math.sqrt(2.5 / 5), 1);
    expect(quantileOf(counter.counts, 0.5)).toMatchObject({ value: 3 });
    expect(meanOf([])).toBeNull();
    expect(quantileOf([], 0.95)).toBeNull();
  });

  test('decide "at most 1 %" after 348 clean runs, and not before', () => {
    const decider = new Decider(0.01);
    decider.add(347, 0);
    expect(decider.decision).toBe('open');
    decider.add(1, 0);
    expect(decider.decision).toBe('holds');
  });
});
