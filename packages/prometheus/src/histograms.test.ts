import { increaseOf } from '@bluegreen/gates';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelledSeries, NativeSample } from './api.js';
import { latencyOf } from './histograms.js';

const window = { fromMs: 0, toMs: 1_000_000 };
const seconds = { metric: 'latency', unitMs: 1_000 };
const instance = ['instance'];

const classic = (slot: string, le: string, values: readonly number[], startAt = 0): LabelledSeries => ({
  labels: { __name__: 'latency_bucket', instance: slot, le },
  samples: values.map((value, index) => ({ at: startAt + index * 1_000, value })),
  histograms: [],
});
const native = (slot: string, histograms: readonly NativeSample[]): LabelledSeries => ({
  labels: { __name__: 'latency', instance: slot },
  samples: [],
  histograms,
});
/** Values in buckets whose edges are powers of `base`, as a native histogram has them. */
const sampleOf = (at: number, values: readonly number[], base: number): NativeSample => {
  const counts = new Map<number, number>();
  for (const value of values) {
    const index = Math.ceil(Math.log(value) / Math.log(base) - 1e-9);
    counts.set(index, (counts.get(index) ?? 0) + 1);
  }
  const buckets = [...counts]
    .sort(([a], [b]) => a - b)
    .map(([index, count]) => ({ lower: base ** (index - 1), upper: base ** index, count }));
  return { at, total: values.length, buckets };
};

describe('classic histograms', () => {
  it('are counts below the edges that every process of both slots has', () => {
    const blue = [classic('blue', '0.07', [0, 2]), classic('blue', '1', [0, 3]), classic('blue', '+Inf', [0, 4])];
    const green = [classic('green', '0.07', [0, 1]), classic('green', '0.5', [0, 1]), classic('green', '+Inf', [0, 1])];
    const reading = latencyOf({ blue, green }, seconds, instance);
    expect(reading.map(({ atMostMs }) => atMostMs)).toEqual([70, Number.POSITIVE_INFINITY]);
    expect(reading.map(({ counted }) => counted.blue[0]!.at(-1)!.value)).toEqual([2, 4]);
  });

  it('restart with all their edges, also with one that stands higher than before', () => {
    const blue = [classic('blue', '0.1', [5, 7]), classic('blue', '+Inf', [100, 8])];
    const reading = latencyOf({ blue, green: [] }, seconds, instance);
    const grown = reading.map(({ counted }) => increaseOf(counted.blue, [], window));
    expect(grown).toMatchObject([{ count: 7 }, { count: 8 }]);
  });

  it('begin at 0 where their process was scraped before them', () => {
    const early = [classic('a', '0.1', [1, 1, 1]), classic('a', '+Inf', [1, 1, 1])];
    const late = early.map((one) => ({ ...one, labels: { ...one.labels, path: '/x' }, samples: one.samples.slice(2) }));
    const reading = latencyOf({ blue: [...early, ...late], green: [] }, seconds, instance);
    expect(reading[0]!.counted.blue[1]).toEqual(
      [0, 1, 1].map((_, index) => ({ at: index * 1_000, value: index === 2 ? 1 : 0 })),
    );
  });

  it('have edges before anything was counted', () => {
    const blue = [classic('blue', '0.1', [0, 0]), classic('blue', '+Inf', [0, 0])];
    const reading = latencyOf({ blue, green: [] }, seconds, instance);
    expect(reading.map(({ atMostMs }) => atMostMs)).toEqual([100, Number.POSITIVE_INFINITY]);
  });

  it('without an edge in common cannot be compared', () => {
    const blue = [classic('blue', '0.1', [1]), classic('blue', '+Inf', [1])];
    const green = [classic('green', '0.2', [1]), classic('green', '+Inf', [1])];
    expect(() => latencyOf({ blue, green }, seconds, instance)).toThrow('prometheus/edges-differ');
  });

  it('are no summaries and no counters', () => {
    const summary: LabelledSeries = {
      labels: { __name__: 'latency', quantile: '0.9' },
      samples: [{ at: 0, value: 1 }],
      histograms: [],
    };
    expect(() => latencyOf({ blue: [summary], green: [] }, seconds, instance)).toThrow('prometheus/not-a-histogram');
  });
});

describe('native histograms', () => {
  const values = fc.array(fc.double({ min: 0.001, max: 30, noNaN: true }), { minLength: 1, maxLength: 40 });
  const base = fc.constantFrom(2 ** (1 / 8), 2 ** (1 / 4), 2, 4);

  it('are exact at every edge, whatever their resolution, and whether or not it is the same on both sides', () => {
    fc.assert(
      fc.property(values, values, base, base, (fast, slow, one, other) => {
        const blue = [native('blue', [sampleOf(0, fast, one)])];
        const green = [native('green', [sampleOf(0, slow, other)])];
        let reading: ReturnType<typeof latencyOf>;
        try {
          reading = latencyOf({ blue, green }, seconds, instance);
        } catch (error) {
          expect(error).toMatchObject({ code: 'prometheus/edges-differ' });
          return;
        }
        for (const { atMostMs, counted } of reading) {
          const below = (all: readonly number[]) =>
            all.filter((value) => value <= (atMostMs / 1_000) * (1 + 1e-9)).length;
          expect(counted.blue[0]!.at(-1)!.value).toBe(below(fast));
          expect(counted.green[0]!.at(-1)!.value).toBe(below(slow));
        }
      }),
    );
  });

  it('keep the coarser edges when the resolution is halved on the way', () => {
    const fine = sampleOf(0, [0.1, 0.2, 0.4], 2 ** (1 / 4));
    const coarse = sampleOf(1_000, [0.1, 0.2, 0.4, 0.4], 2);
    const edges = (samples: readonly NativeSample[]) =>
      latencyOf({ blue: [native('blue', samples)], green: [] }, seconds, instance).map(({ atMostMs }) => atMostMs);
    expect(edges([fine]).length).toBeGreaterThan(60);
    expect(edges([fine, coarse])).toEqual([
      ...Array.from({ length: 17 }, (_, power) => Number((1_000 * 2 ** (power - 10)).toPrecision(12))),
      Number.POSITIVE_INFINITY,
    ]);
    const reading = latencyOf({ blue: [native('blue', [fine, coarse])], green: [] }, seconds, instance);
    const grown = reading.map(({ atMostMs, counted }) => [atMostMs, increaseOf(counted.blue, [], window)]);
    expect(grown.filter(([edge]) => edge === 250 || edge === 500)).toMatchObject([
      [250, { count: 0 }],
      [500, { count: 1 }],
    ]);
  });

  it('have the same edges from one read to the next, whatever was counted, and before anything was', () => {
    fc.assert(
      fc.property(values, values, fc.constantFrom(2 ** (1 / 8), 2 ** (1 / 4)), (before, after, fineness) => {
        const edges = (all: readonly number[]) =>
          latencyOf({ blue: [native('blue', [sampleOf(0, all, fineness)])], green: [] }, seconds, instance).map(
            ({ atMostMs }) => atMostMs,
          );
        expect(edges(after)).toEqual(edges(before));
        expect(edges([])).toEqual(edges(before));
      }),
    );
  });

  it('with bounds of their own are exact where they were seen to end', () => {
    const own: NativeSample = {
      at: 0,
      total: 3,
      buckets: [
        { lower: 0, upper: 0.07, count: 1 },
        { lower: 0.07, upper: 0.3, count: 2 },
      ],
    };
    const reading = latencyOf({ blue: [native('blue', [own])], green: [] }, seconds, instance);
    expect(reading.map(({ atMostMs, counted }) => [atMostMs, counted.blue[0]![0]!.value])).toEqual([
      [70, 1],
      [300, 3],
      [Number.POSITIVE_INFINITY, 3],
    ]);
  });

  it('are used where a process shows both kinds, and counted once', () => {
    const blue = [native('blue', [sampleOf(0, [0.1], 2)]), classic('blue', '0.2', [1]), classic('blue', '+Inf', [1])];
    const reading = latencyOf({ blue, green: [] }, seconds, instance);
    expect(reading.at(-1)!.counted.blue).toHaveLength(1);
  });

  it('have no more edges than are of use', () => {
    const wide = Array.from({ length: 400 }, (_, index) => 0.001 * 1.05 ** index);
    const blue = [native('blue', [sampleOf(0, wide, 2 ** (1 / 8))])];
    expect(latencyOf({ blue, green: [] }, seconds, instance).length).toBeLessThanOrEqual(66);
  });
});
