import { describe, expect, test } from 'vitest';
import type { CallFault } from '../faults/fault-plan.js';
import { healthy } from './behaviour.js';
import { benchOf } from './bench.fixture.js';

const options = { versions: { v1: healthy(0.1) }, traffic: { requestsPerSecond: 90 } };

function faulty(fault: CallFault) {
  const bench = benchOf({ ...options, faults: [{ at: { operation: 'metrics', call: 1 }, ...fault }] });
  bench.deploy('green', 'v2');
  bench.route(50);
  bench.pass(600_000);
  return bench;
}

describe('metrics', () => {
  test('are one cumulative series per instance, sampled on the scrape grid', () => {
    const bench = benchOf(options);
    bench.pass(300_000);
    const { blue, green } = bench.metrics('requests');
    expect(green).toEqual([]);
    expect(blue).toHaveLength(3);
    for (const series of blue) {
      expect(series.map(({ at }) => at)).toEqual(Array.from({ length: 20 }, (_, index) => (index + 1) * 15_000));
      for (const [index, { value }] of series.entries()) {
        expect(value).toBeGreaterThanOrEqual(series[index - 1]?.value ?? 0);
        expect(Math.abs(value - (index + 1) * 450)).toBeLessThan(5 * Math.sqrt((index + 1) * 450));
      }
    }
  });

  test('add up to what the judge counted', () => {
    const bench = benchOf({ ...options, metrics: { latencyMs: 0 } });
    bench.pass(300_000);
    const sum = (signal: 'requests' | 'errors') =>
      bench.metrics(signal).blue.reduce((total, series) => total + series.at(-1)!.value, 0);
    const { requests, errors } = bench.totals().slots.blue;
    expect([sum('requests'), sum('errors')]).toEqual([requests, errors]);
  });

  test('keep to the window and come after their lag', () => {
    const bench = benchOf({ ...options, metrics: { lagMs: 40_000 } });
    bench.pass(300_000);
    const [series] = bench.metrics('requests', 150_000, 300_000).blue;
    expect(series!.map(({ at }) => at)).toEqual([
      150_000, 165_000, 180_000, 195_000, 210_000, 225_000, 240_000, 255_000,
    ]);
  });

  test('begin at 0 again when an instance restarts, in the same series', () => {
    const bench = benchOf(options);
    bench.pass(150_000);
    bench.world.crash('checkout', 'blue', 60_000);
    bench.pass(150_000);
    const { blue } = bench.metrics('requests');
    expect(blue).toHaveLength(3);
    for (const series of blue) {
      const fallen = series.findIndex(({ value }, index) => value < (series[index - 1]?.value ?? 0));
      expect(series[fallen]!.at - series[fallen - 1]!.at).toBeGreaterThan(45_000);
    }
  });

  test('of instances that are gone stay readable, and new ones have series of their own', () => {
    const bench = benchOf(options);
    bench.deploy('green', 'v2');
    bench.pass(60_000);
    bench.deploy('green', 'v3');
    bench.pass(60_000);
    expect(bench.metrics('requests').green).toHaveLength(6);
    expect(bench.metrics('requests', bench.clock.now() - 60_000).green).toHaveLength(3);
  });

  test('are forgotten after their retention', () => {
    const bench = benchOf({ ...options, metrics: { retentionMs: 600_000 } });
    bench.deploy('green', 'v2');
    bench.converge('green', null);
    bench.pass(86_400_000);
    const { blue, green } = bench.metrics('requests');
    expect(green).toEqual([]);
    expect(blue[0]!.length).toBeLessThan(600);
    expect(bench.metrics('requests', bench.clock.now() - 600_000).blue[0]!.length).toBe(40);
  });

  test('F27: may be empty', () => {
    expect(faulty({ fault: 'metrics-empty' }).metrics('requests')).toEqual({ blue: [], green: [] });
  });

  test('F27: may be no numbers', () => {
    const { blue } = faulty({ fault: 'metrics-not-a-number' }).metrics('requests');
    expect(blue.flat().every(({ value }) => Number.isNaN(value))).toBe(true);
    expect(blue.flat().length).toBeGreaterThan(0);
  });

  test('F27: may be stale', () => {
    const bench = faulty({ fault: 'metrics-stale', byMs: 400_000 });
    const newest = Math.max(
      ...bench
        .metrics('requests')
        .blue.flat()
        .map(({ at }) => at),
    );
    expect(bench.clock.now() - newest).toBeGreaterThanOrEqual(400_000);
  });

  test('F27: may be partial', () => {
    expect(faulty({ fault: 'metrics-partial' }).metrics('requests').blue).toHaveLength(1);
  });

  test('F27: may be reset', () => {
    const bench = faulty({ fault: 'metrics-reset' });
    const falls = bench
      .metrics('requests')
      .blue.map((series) => series.filter(({ value }, index) => value < (series[index - 1]?.value ?? 0)).length);
    expect(falls).toEqual([1, 1, 1]);
  });

  test('F28: may mix both slots', () => {
    const bench = faulty({ fault: 'metrics-mixed' });
    const mixed = bench.metrics('requests');
    expect(mixed.blue).toEqual(mixed.green);
    expect(mixed.blue).toHaveLength(6);
    expect(bench.metrics('requests').blue).toHaveLength(3);
  });
});
