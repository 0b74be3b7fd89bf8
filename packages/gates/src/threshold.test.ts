import type { MetricReading, MetricSeries } from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { judgeThreshold, type ThresholdLimits, type ThresholdMeasurement } from './threshold.js';

const limits: ThresholdLimits = { maxRate: 0.01, windowMs: 120_000, minSamples: 100 };

/** Samples every 15 s from `fromMs` on, growing evenly to `total`. */
function steady(total: number, { fromMs = 0, toMs = 120_000, base = 0 } = {}): MetricSeries {
  const count = Math.floor((toMs - fromMs) / 15_000);
  return Array.from({ length: count + 1 }, (_, index) => ({
    at: fromMs + index * 15_000,
    value: base + Math.round((total * index) / Math.max(1, count)),
  }));
}

function green(...series: readonly MetricSeries[]): MetricReading {
  return { blue: [], green: series };
}

function measured(requests: MetricReading, errors: MetricReading, toMs = 120_000): ThresholdMeasurement {
  return { requests, errors, slot: 'green', fromMs: 0, toMs };
}

describe('a threshold passes', () => {
  it('at exactly the limit, with enough requests in a full window', () => {
    const { verdict, evidence } = judgeThreshold(limits, measured(green(steady(1_000)), green(steady(10))));
    expect(verdict).toBe('pass');
    expect(evidence).toEqual({
      summary: 'errors 1 % of 1,000 requests in 2m, limit 1 %',
      value: 0.01,
      limit: 0.01,
      samples: 1_000,
      windowMs: 120_000,
    });
  });

  it('without any error when the source answers 0', () => {
    expect(judgeThreshold(limits, measured(green(steady(1_000)), green(steady(0)))).verdict).toBe('pass');
  });

  it('not before the window is full (S22, S23)', () => {
    const half = { toMs: 60_000 };
    const { verdict, evidence } = judgeThreshold(
      limits,
      measured(green(steady(1_000, half)), green(steady(0, half)), 60_000),
    );
    expect(verdict).toBe('inconclusive');
    expect(evidence).toMatchObject({
      reason: 'collecting',
      summary: 'errors 0 % of 1,000 requests in 1m, limit 1 %; a full 2m needed',
    });
  });

  it('not when the samples span less than half of the window', () => {
    const late = steady(1_000, { fromMs: 75_000 });
    const { verdict, evidence } = judgeThreshold(limits, measured(green(late), green(steady(0, { fromMs: 75_000 }))));
    expect(verdict).toBe('inconclusive');
    expect(evidence.reason).toBe('partial-window');
  });
});

describe('a threshold fails', () => {
  it('above the limit, and says the numbers', () => {
    const { verdict, evidence } = judgeThreshold(limits, measured(green(steady(1_204)), green(steady(75))));
    expect(verdict).toBe('fail');
    expect(evidence.summary).toBe('errors 6.2 % of 1,204 requests in 2m, limit 1 %');
    expect(evidence.value).toBe(75 / 1_204);
  });

  it('on the first errors of an instance, whose series appears only with them', () => {
    const requests = steady(1_000);
    const errors = [
      { at: 15_000, value: 40 },
      { at: 30_000, value: 40 },
      { at: 120_000, value: 40 },
    ];
    const { verdict, evidence } = judgeThreshold(limits, measured(green(requests), green(errors)));
    expect(verdict).toBe('fail');
    expect(evidence.value).toBe(0.04);
  });

  it('before the window is full, because harm that was measured is harm', () => {
    const early = { toMs: 30_000 };
    const { verdict } = judgeThreshold(limits, measured(green(steady(200, early)), green(steady(20, early)), 30_000));
    expect(verdict).toBe('fail');
  });

  it('on samples that are stale by now', () => {
    const early = { toMs: 30_000 };
    const { verdict } = judgeThreshold(limits, measured(green(steady(200, early)), green(steady(20, early))));
    expect(verdict).toBe('fail');
  });

  it('not below the minimum of requests, but the evidence says how far', () => {
    const { verdict, evidence } = judgeThreshold(limits, measured(green(steady(40)), green(steady(40))));
    expect(verdict).toBe('inconclusive');
    expect(evidence).toMatchObject({
      reason: 'low-traffic',
      value: 1,
      samples: 40,
      summary: 'errors 100 % of 40 requests in 2m, limit 1 %; 100 requests needed',
    });
  });

  it('with numbers that read different when they are', () => {
    const { evidence } = judgeThreshold(limits, measured(green(steady(100_000)), green(steady(1_004))));
    expect(evidence.summary).toBe('errors 1.004 % of 100,000 requests in 2m, limit 1 %');
  });
});

describe('missing data is inconclusive (S22)', () => {
  it.each([
    ['no request series', green(), green(steady(0)), 'no request series for green in 2m'],
    ['no error series', green(steady(1_000)), green(), 'no error series for green in 2m'],
    ['series without samples', green([]), green([]), 'no request series for green in 2m'],
    ['series from before the window', green([{ at: -1, value: 9 }]), green([]), 'no request series for green in 2m'],
  ])('%s', (_, requests, errors, summary) => {
    const { verdict, evidence } = judgeThreshold(limits, measured(requests, errors));
    expect(verdict).toBe('inconclusive');
    expect(evidence).toMatchObject({ reason: 'no-series', summary });
  });

  it('no requests', () => {
    const { verdict, evidence } = judgeThreshold(limits, measured(green(steady(0)), green(steady(0))));
    expect(verdict).toBe('inconclusive');
    expect(evidence).toMatchObject({
      reason: 'no-requests',
      samples: 0,
      summary: 'no requests in 2m; 100 requests needed',
    });
    expect(evidence).not.toHaveProperty('value');
  });

  it('no requests, even when the policy asks for none', () => {
    const { verdict } = judgeThreshold({ ...limits, minSamples: 0 }, measured(green(steady(0)), green(steady(0))));
    expect(verdict).toBe('inconclusive');
  });

  it.each([
    ['both signals', steady(1_000, { toMs: 45_000 }), steady(0, { toMs: 45_000 })],
    ['the errors alone', steady(1_000), steady(0, { toMs: 45_000 })],
  ])('stale samples of %s', (_, requests, errors) => {
    const { verdict, evidence } = judgeThreshold(limits, measured(green(requests), green(errors)));
    expect(verdict).toBe('inconclusive');
    expect(evidence.reason).toBe('stale');
    expect(evidence.summary).toContain('the newest sample is 1m15s old');
  });

  it('numbers of the other slot', () => {
    const blue = { blue: [steady(1_000)], green: [] };
    expect(judgeThreshold(limits, measured(blue, blue)).verdict).toBe('inconclusive');
  });
});

describe('what is no data is an error', () => {
  const good = green(steady(1_000));
  const broken = (value: unknown): MetricReading => value as MetricReading;
  it.each([
    ['NaN', green([{ at: 0, value: Number.NaN }]), 'invalid-samples'],
    ['a negative counter', green([{ at: 0, value: -1 }]), 'invalid-samples'],
    ['samples out of order', green([steady(10)[1]!, steady(10)[0]!]), 'invalid-samples'],
    ['more errors than requests', green(steady(1_001)), 'errors-exceed-requests'],
    ['nothing', broken(undefined), 'invalid-samples'],
    ['null', broken(null), 'invalid-samples'],
    ['a reading without the slot', broken({ blue: [] }), 'invalid-samples'],
    ['a list of numbers', broken({ green: [1, 2] }), 'invalid-samples'],
    ['samples of text', broken({ green: [[{ at: 0, value: '12' }]] }), 'invalid-samples'],
    ['a hole', broken({ green: [[null]] }), 'invalid-samples'],
  ])('%s', (_, errors, reason) => {
    const { verdict, evidence } = judgeThreshold(limits, measured(good, errors));
    expect(verdict).toBe('error');
    expect(evidence.reason).toBe(reason);
  });

  it.each([
    [{ ...limits, maxRate: Number.NaN }, 120_000],
    [{ ...limits, windowMs: 0 }, 120_000],
    [{ ...limits, minSamples: Number.NaN }, 120_000],
    [limits, -1],
    [limits, Number.NaN],
  ])('limits or a window that are no numbers: %j until %d', (bad, toMs) => {
    expect(judgeThreshold(bad, measured(good, green(steady(1)), toMs)).evidence.reason).toBe('invalid-limits');
  });
});

it('says how many counters were reset', () => {
  const requests = [
    { at: 0, value: 900 },
    { at: 60_000, value: 1_000 },
    { at: 120_000, value: 50 },
  ];
  const { evidence } = judgeThreshold(limits, measured(green(requests), green(steady(0))));
  expect(evidence.samples).toBe(150);
  expect(evidence.summary).toBe('errors 0 % of 150 requests in 2m, limit 1 %; 1 counter reset');
});

const anySeries = fc
  .array(fc.record({ gap: fc.integer({ min: 1, max: 60_000 }), value: fc.nat(300) }), { maxLength: 12 })
  .chain((samples) =>
    fc.integer({ min: -60_000, max: 60_000 }).map((start) => {
      let at = start;
      return samples.map(({ gap, value }) => {
        at += gap;
        return { at, value };
      });
    }),
  );
const anyLists = fc.array(anySeries, { maxLength: 4 });
const anyLimits = fc.record({
  maxRate: fc.double({ min: 0, max: 1, noNaN: true }),
  windowMs: fc.integer({ min: 1, max: 120_000 }),
  minSamples: fc.nat(500),
});

describe('property: threshold', () => {
  it('passes only on enough requests, at most the limit, in a full window', () => {
    fc.assert(
      fc.property(anyLimits, anyLists, anyLists, fc.nat(120_000), (each, requests, errors, toMs) => {
        const { verdict, evidence } = judgeThreshold(each, measured(green(...requests), green(...errors), toMs));
        if (verdict !== 'pass' && verdict !== 'fail') return;
        expect(evidence.samples!).toBeGreaterThanOrEqual(Math.max(1, each.minSamples));
        expect(evidence.value! > each.maxRate).toBe(verdict === 'fail');
        if (verdict === 'pass') expect(evidence.windowMs!).toBeGreaterThanOrEqual(each.windowMs);
      }),
      { numRuns: 1_000 },
    );
  });

  it('never gets better by more errors', () => {
    const worse = { fail: 0, error: 0, inconclusive: 1, pass: 2 } as const;
    const deltas = fc.array(fc.tuple(fc.nat(20), fc.nat(20)), { minLength: 2, maxLength: 12 });
    fc.assert(
      fc.property(anyLimits, deltas, fc.integer({ min: 0, max: 120_000 }), (each, steps, toMs) => {
        let total = 0;
        let few = 0;
        let many = 0;
        const samples = steps.map(([requests, extra], index) => {
          total += requests + 20;
          few += Math.min(extra, 3);
          many += extra;
          return { at: index * 10_000, total, few, many };
        });
        const requests = green(samples.map(({ at, total: value }) => ({ at, value })));
        const judged = (key: 'few' | 'many') =>
          judgeThreshold(
            each,
            measured(requests, green(samples.map((one) => ({ at: one.at, value: one[key] }))), toMs),
          );
        expect(worse[judged('many').verdict]).toBeLessThanOrEqual(worse[judged('few').verdict]);
      }),
      { numRuns: 500 },
    );
  });

  it('never passes when a sample is no number, and never throws', () => {
    const odd = fc.constantFrom(Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1);
    fc.assert(
      fc.property(anyLists, odd, fc.boolean(), (lists, value, inRequests) => {
        const bad = green(...lists, [{ at: 0, value }]);
        const good = green(steady(1_000));
        const { verdict } = judgeThreshold(limits, inRequests ? measured(bad, good) : measured(good, bad));
        expect(verdict).toBe('error');
      }),
    );
  });

  it('answers anything at all with a verdict, and never with a pass', () => {
    fc.assert(
      fc.property(fc.anything(), fc.anything(), (requests, errors) => {
        const { verdict } = judgeThreshold(limits, measured(requests as MetricReading, errors as MetricReading));
        expect(['error', 'inconclusive']).toContain(verdict);
      }),
      { numRuns: 500 },
    );
  });
});
