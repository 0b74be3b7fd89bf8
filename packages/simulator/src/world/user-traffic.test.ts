import { weights } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { expectedArrivals } from './arrivals.js';
import { errors, healthy } from './behaviour.js';
import { benchOf, deviation, splitTo } from './bench.fixture.js';

describe('users', () => {
  test('are split as the weights say, and errors as the versions do', () => {
    const bench = benchOf({
      traffic: { requestsPerSecond: 500 },
      versions: { v1: healthy(0.01), v2: errors({ rate: 0.2 }) },
    });
    bench.deploy('green', 'v2');
    bench.route(30);
    const before = bench.totals().slots;
    bench.pass(1_000_000);
    const after = bench.totals().slots;
    const blue = after.blue.requests - before.blue.requests;
    const green = after.green.requests - before.green.requests;
    expect(deviation(blue, 350_000)).toBeLessThan(5);
    expect(deviation(green, 150_000)).toBeLessThan(5);
    expect(deviation(after.blue.errors - before.blue.errors, 3_500)).toBeLessThan(5);
    expect(deviation(after.green.errors - before.green.errors, 30_000)).toBeLessThan(5);
    expect(after.green.unready + after.green.retired).toBe(0);
  });

  test('of an audience go where the audience goes, whatever the weights', () => {
    const bench = benchOf({ traffic: { requestsPerSecond: 1_000, audiencePercent: { internal: 2 } } });
    bench.deploy('green', 'v2');
    const internal = { name: 'internal', match: { header: 'x', equals: '1' }, slot: 'green' } as const;
    bench.tryRoute(splitTo(0, { audiences: [internal] }));
    const since = bench.clock.now();
    bench.pass(1_000_000);
    const { requests, firstUserRequestAt } = bench.ledger().deployments.at(-1)!;
    expect(deviation(requests, 20_000)).toBeLessThan(5);
    expect(firstUserRequestAt).toBe(since);
  });

  test('of no audience are split by the weights, whatever the audiences', () => {
    const bench = benchOf({ traffic: { requestsPerSecond: 1_000, audiencePercent: { internal: 20 } } });
    bench.deploy('green', 'v2');
    const internal = { name: 'internal', match: { header: 'x', equals: '1' }, slot: 'green' } as const;
    bench.tryRoute(splitTo(50, { audiences: [internal] }));
    bench.pass(1_000_000);
    expect(deviation(bench.ledger().deployments.at(-1)!.requests, 600_000)).toBeLessThan(5);
  });

  test('of an instance that dies between two samples are counted all the same', () => {
    const bench = benchOf({ traffic: { requestsPerSecond: 1_000 } });
    bench.pass(22_000);
    bench.world.crash('checkout', 'blue');
    expect(deviation(bench.totals().requests, 22_000)).toBeLessThan(5);
    expect(bench.totals().failed).toBe(0);
  });

  test('meet an error that sets in only so long after the first of them came', () => {
    const bench = benchOf({
      traffic: { requestsPerSecond: 1_000 },
      versions: { v2: errors({ rate: 0.5, afterMs: 60_000 }) },
    });
    bench.deploy('green', 'v2');
    bench.pass(300_000);
    bench.route(50);
    bench.pass(60_000);
    expect(bench.totals().slots.green.errors).toBe(0);
    bench.pass(60_000);
    expect(deviation(bench.totals().slots.green.errors, 15_000)).toBeLessThan(5);
  });

  test('fail where nothing is ready and where nothing is at all', () => {
    const bench = benchOf({ traffic: { requestsPerSecond: 100 } });
    bench.route(50);
    bench.pass(100_000);
    expect(deviation(bench.totals().slots.green.retired, 5_000)).toBeLessThan(5);
    bench.world.crash('checkout', 'blue');
    bench.pass(100_000);
    const { slots, failed, requests } = bench.totals();
    expect(deviation(slots.blue.unready, 5_000)).toBeLessThan(5);
    expect(failed).toBe(slots.blue.unready + slots.green.retired);
    expect(requests).toBe(slots.blue.requests + slots.green.requests);
  });

  test('that are open in a slot die with it', () => {
    const bench = benchOf({
      traffic: { requestsPerSecond: 100, longestRequestMs: 20_000 },
      router: { latencyMs: 0 },
      environment: { latencyMs: 0 },
    });
    bench.deploy('green', 'v2');
    bench.route(100);
    bench.pass(10_000);
    bench.converge('blue', null);
    // Of 100 requests a second, even between 0 and 20 s, a quarter of the 1,000 that were open is left after half.
    expect(bench.totals().cut).toBe(250);
    expect(bench.totals().failed).toBe(250);
  });

  test('come as the integral of their rate says, over the whole day', () => {
    const traffic = { requestsPerSecond: 100, dailySwing: 0.4 };
    const day = 86_400_000;
    expect(expectedArrivals(traffic, 0, day)).toBeCloseTo(8_640_000, 3);
    expect(expectedArrivals(traffic, 0, day / 2)).toBeCloseTo(4_320_000 * (1 + (0.4 * 2) / Math.PI), 3);
    const halves = expectedArrivals(traffic, 5e6, 9e6) + expectedArrivals(traffic, 9e6, 2e8);
    expect(expectedArrivals(traffic, 5e6, 2e8)).toBeCloseTo(halves, 3);
  });

  test('cost the same at any rate: the clock runs the same events', () => {
    const eventsAt = (requestsPerSecond: number) => {
      const bench = benchOf({ traffic: { requestsPerSecond }, versions: { v1: healthy(0.01) } });
      bench.deploy('green', 'v2');
      bench.route(50);
      bench.pass(3_600_000);
      expect(deviation(bench.totals().requests, (requestsPerSecond * bench.clock.now()) / 1_000)).toBeLessThan(5);
      return bench.clock.eventCount;
    };
    expect(eventsAt(1e9)).toBe(eventsAt(10));
  });

  test('with a router that splits inexactly, lie within its error', () => {
    const bench = benchOf({
      traffic: { requestsPerSecond: 10_000 },
      router: { capabilities: { weightErrorPercent: 2 } },
    });
    bench.deploy('green', 'v2');
    bench.route(10);
    const before = bench.totals().slots.green.requests;
    bench.pass(1_000_000);
    const share = (bench.totals().slots.green.requests - before) / 1e7;
    expect(bench.routing().routing).toMatchObject({ target: { weights: weights(10) } });
    expect(share).not.toBeCloseTo(0.1, 4);
    expect(Math.abs(share - 0.1)).toBeLessThan(0.021);
  });
});
