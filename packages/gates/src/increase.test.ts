import type { MetricSeries } from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { increaseOf } from './increase.js';

const window = { fromMs: 1_000, toMs: 61_000 };

/** `[at in seconds after the window's start, value]`. */
function series(...samples: readonly (readonly [number, number])[]): MetricSeries {
  return samples.map(([seconds, value]) => ({ at: 1_000 + seconds * 1_000, value }));
}

function countOf(own: readonly MetricSeries[], companions: readonly MetricSeries[] = []): number {
  const increase = increaseOf(own, companions, window);
  if (increase.kind !== 'counted') throw new Error(`not counted: ${JSON.stringify(increase)}`);
  return increase.count;
}

describe('increase of cumulative series', () => {
  it('is the difference of the last and the first sample in the window', () => {
    expect(countOf([series([0, 100], [15, 130], [30, 170])])).toBe(70);
  });

  it('adds up instances', () => {
    expect(countOf([series([0, 10], [15, 20]), series([5, 1_000], [20, 1_005])])).toBe(15);
  });

  it('leaves out what was counted between a sample before the window and the first one in it', () => {
    expect(countOf([series([-5, 10], [10, 900], [25, 905])])).toBe(5);
  });

  it('leaves out samples after the window', () => {
    expect(countOf([series([0, 0], [60, 7], [61, 500])])).toBe(7);
  });

  it('takes a lower value as a reset to 0 and counts the resets', () => {
    const increase = increaseOf([series([0, 90], [15, 100], [30, 4], [45, 9], [60, 2])], [], window);
    expect(increase).toMatchObject({ kind: 'counted', count: 10 + 4 + 5 + 2, resets: 2 });
  });

  it('is empty, not 0, without a sample in the window', () => {
    expect(increaseOf([], [], window)).toEqual({ kind: 'empty' });
    expect(increaseOf([series([-10, 5])], [], window)).toEqual({ kind: 'empty' });
    expect(increaseOf([[]], [], window)).toEqual({ kind: 'empty' });
  });
});

describe('a series that begins inside the window', () => {
  it('counts from its first sample where the reading merely starts there', () => {
    expect(countOf([series([3, 5_000], [18, 5_010]), series([9, 8_000], [24, 8_001])])).toBe(11);
  });

  it('counts from 0 when an earlier scrape of the same instance did not have it', () => {
    const requests = series([0, 100], [15, 200], [30, 300]);
    expect(countOf([series([15, 3], [30, 5])], [requests])).toBe(5);
    expect(countOf([series([30, 2])], [requests])).toBe(2);
  });

  it('counts from 0 when it is late by its own rhythm while others were answered', () => {
    expect(countOf([series([0, 50], [15, 60], [30, 70]), series([37, 9], [52, 12])])).toBe(20 + 12);
  });

  it('is late by its own rhythm, not by that of a slower one', () => {
    const slow = series([0, 50], [60, 70]);
    expect(countOf([series([20, 9], [25, 12])], [slow])).toBe(12);
    expect(countOf([series([20, 9], [35, 12])], [series([18, 1], [23, 2])])).toBe(3);
  });

  it('has the slowest rhythm around it when it has only one sample', () => {
    const others = [series([0, 1], [15, 2], [30, 3]), series([3, 1], [33, 2])];
    expect(countOf([series([20, 9])], others)).toBe(0);
    expect(countOf([series([40, 9])], others)).toBe(9);
  });

  it('counts from its first sample when nothing was answered before, as after an outage of the metrics', () => {
    expect(countOf([series([40, 5_000], [55, 5_020])], [series([40, 70], [55, 71])])).toBe(20);
  });

  it('counts from its first sample when it has one from before the window', () => {
    expect(countOf([series([-30, 4], [30, 4_000])], [series([0, 1], [15, 2], [30, 3])])).toBe(0);
  });
});

describe('numbers that are no counter', () => {
  it.each([
    ['NaN', series([0, 1], [15, Number.NaN])],
    ['infinite', series([0, Number.POSITIVE_INFINITY])],
    ['negative', series([0, -1])],
    ['not in order', series([15, 1], [0, 2])],
    ['twice at one instant', series([15, 1], [15, 2])],
    ['at no instant', series([Number.NaN, 1])],
    ['invalid before the window', series([-50, Number.NaN], [0, 1], [15, 2])],
  ])('are refused when %s', (_, bad) => {
    expect(increaseOf([series([0, 1], [15, 2]), bad], [], window).kind).toBe('invalid');
    expect(increaseOf([series([0, 1], [15, 2])], [bad], window).kind).toBe('invalid');
  });
});

/** Monotone segments; each but the first begins again at 0 and stays below where the one before ended. */
const segments = fc.array(fc.array(fc.nat(500), { minLength: 1, maxLength: 5 }), { minLength: 1, maxLength: 4 });

describe('property: increase', () => {
  it('is the growth of each segment between resets', () => {
    fc.assert(
      fc.property(segments, fc.nat(10_000), (steps, base) => {
        const values: number[] = [];
        let expected = 0;
        steps.forEach((step, index) => {
          const previous = values.at(-1) ?? 0;
          let value = index === 0 ? base : 0;
          for (const [place, delta] of step.entries()) {
            value += delta;
            if (index > 0 && place === 0) value = Math.min(value, previous - 1);
            if (value < 0) return;
            values.push(value);
          }
          expected += index === 0 ? value - values[0]! : value;
        });
        const one = values.map((value, index) => ({ at: 1_000 + index, value }));
        expect(countOf([one])).toBe(expected);
      }),
    );
  });

  it('adds up over a window that is cut at a sample, for counters that were there before', () => {
    const values = fc.array(fc.nat(1_000), { minLength: 3, maxLength: 30 });
    fc.assert(
      fc.property(values, fc.nat(1_000), (numbers, cutAt) => {
        const one = [{ at: 0, value: 0 }, ...numbers.map((value, index) => ({ at: 1_000 + index * 100, value }))];
        const middle = one[1 + (cutAt % numbers.length)]!.at;
        const end = one.at(-1)!.at;
        const part = (fromMs: number, toMs: number): number => {
          const increase = increaseOf([one], [], { fromMs, toMs });
          return increase.kind === 'counted' ? increase.count : Number.NaN;
        };
        expect(part(1_000, middle) + part(middle, end)).toBe(part(1_000, end));
      }),
    );
  });

  it('never exceeds what really happened in the window, wherever the scrapes fall', () => {
    const instance = fc.record({
      bornAt: fc.integer({ min: -200_000, max: 60_000 }),
      phase: fc.nat(14_999),
      events: fc.array(fc.integer({ min: -200_000, max: 60_000 }), { maxLength: 60 }),
    });
    fc.assert(
      fc.property(fc.array(instance, { minLength: 1, maxLength: 4 }), fc.boolean(), (instances, isCutOff) => {
        let happened = 0;
        const all = instances.map(({ bornAt, phase, events }) => {
          const own = events.filter((at) => at >= bornAt).sort((a, b) => a - b);
          happened += own.filter((at) => at >= 0).length;
          const scrapes: { at: number; value: number }[] = [];
          for (let at = -195_000 + phase; at <= 60_000; at += 15_000) {
            if (at < bornAt || (isCutOff && at < 0)) continue;
            scrapes.push({ at, value: own.filter((event) => event <= at).length });
          }
          return scrapes;
        });
        const increase = increaseOf(all, [], { fromMs: 0, toMs: 60_000 });
        if (increase.kind === 'counted') expect(increase.count).toBeLessThanOrEqual(happened);
      }),
      { numRuns: 500 },
    );
  });
});
