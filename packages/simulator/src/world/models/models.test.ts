import { weights } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { chiSquareDeviation } from '../../random/chi-square.fixture.js';
import { clustered } from '../../random/clusters.js';
import { gamma } from '../../random/gamma.js';
import { Sfc32 } from '../../random/sfc32.js';
import { errors, healthy, type VersionBehaviour } from '../behaviour.js';
import { type BenchOptions, benchOf, deviation, splitTo } from '../bench.fixture.js';
import { shareWithin, usualLatency } from './latency-shape.js';
import { waitingShare, withRetries } from './queueing.js';
import {
  badMigration,
  behaves,
  bug,
  clusteredErrors,
  coldCache,
  coldStart,
  combined,
  dailyWindow,
  dependencyCalls,
  leaking,
  limitedCapacity,
  slower,
  slowTail,
} from './versions.js';

const minuteMs = 60_000;

/** Errors of the new version and of the old one, with so much of the traffic on the new one for so long. */
function shares(v2: VersionBehaviour, percent: number, forMs: number, more: BenchOptions = {}) {
  const bench = benchOf({
    traffic: { requestsPerSecond: 1_000, ...more.traffic },
    ...more,
    versions: { v1: healthy(), v2, ...more.versions },
  });
  bench.deploy('green', 'v2');
  bench.pass(5 * minuteMs);
  bench.route(percent);
  const before = bench.totals().slots;
  bench.pass(forMs);
  const after = bench.totals().slots;
  const share = (slot: 'blue' | 'green') =>
    (after[slot].errors - before[slot].errors) / (after[slot].requests - before[slot].requests);
  return { green: share('green'), blue: share('blue'), bench, ledger: bench.ledger() };
}

describe('samplers', () => {
  test.each([0.5, 1, 2.5, 20])('gamma with shape %d has its mean and variance', (shape) => {
    const stream = new Sfc32(1, 2, 3);
    const values = Array.from({ length: 100_000 }, () => gamma(stream, shape));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / values.length));
    expect(variance / shape).toBeCloseTo(1, 1);
  });

  test('clusters of mean size 5 have 9 times the variance, and the same mean', () => {
    const stream = new Sfc32(1, 2, 3);
    const values = Array.from({ length: 100_000 }, () => clustered(stream, 40, 5));
    const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
    const variance = values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length;
    expect(mean).toBeCloseTo(40, 0);
    expect(variance / mean).toBeGreaterThan(8.7);
    expect(variance / mean).toBeLessThan(9.3);
  });
});

describe('the queue', () => {
  test('agrees with Erlang C', () => {
    // c = 1 is M/M/1: a; c = 2 is 2 ρ² / (1 + ρ).
    expect(waitingShare(1, 0.7)).toBeCloseTo(0.7, 12);
    expect(waitingShare(2, 1.2)).toBeCloseTo((2 * 0.36) / 1.6, 12);
    const references = [
      [4, 0.7, 0.428654318],
      [8, 0.95, 0.844168631],
      [32, 0.95, 0.695710114],
    ] as const;
    for (const [servers, utilisation, share] of references) {
      expect(waitingShare(servers, servers * utilisation)).toBeCloseTo(share, 9);
    }
    expect(waitingShare(10, 0)).toBe(0);
    expect(waitingShare(10, 12)).toBe(1);
  });

  test('of very many servers costs no more, and its limit joins the recursion', () => {
    const [below, above] = [waitingShare(2_000, 1_960), waitingShare(2_001, 1_960.98)];
    expect(Math.abs(below - above)).toBeLessThan(0.01);
    expect(waitingShare(1e9, 0.99999 * 1e9)).toBeGreaterThan(0);
    expect(withRetries(100, 0.5, 0.5)).toBe(131.25);
  });

  test('has the usual latencies', () => {
    expect(shareWithin(usualLatency, 80)).toBeCloseTo(0.5, 6);
    expect(shareWithin(usualLatency, 172.6)).toBeCloseTo(0.9, 3);
    expect(shareWithin(usualLatency, 323)).toBeCloseTo(0.99, 3);
    const waiting = { ...usualLatency, waitShare: 0.5, waitMs: 400 };
    expect(shareWithin(waiting, 323)).toBeLessThan(0.85);
    expect(shareWithin(waiting, Number.POSITIVE_INFINITY)).toBe(1);
  });
});

describe('a version that is particular', () => {
  test('with a bug for a group of people fails them alone', () => {
    const people = { groups: { france: { percent: 10, country: 'FR' } } };
    const { green, blue } = shares(bug({ group: 'france', errorRate: 0.5 }), 50, 10 * minuteMs, {
      traffic: { requestsPerSecond: 1_000, people },
    });
    expect(green).toBeCloseTo(0.05, 2);
    expect(blue).toBe(0);
  });

  test.each<[string, VersionBehaviour, number]>([
    ['a share of all', bug({ share: 0.02, errorRate: 0.5 }), 0.01],
    ['an endpoint', bug({ endpoint: '/pay', errorRate: 1 }), 0.05],
    ['two causes', combined(errors({ rate: 0.1 }), bug({ share: 1, errorRate: 0.1 })), 0.19],
    ['a rate of its own making', behaves('half', () => ({ errorRate: 0.5 })), 0.5],
  ])('fails %s', (_, v2, expected) => {
    expect(shares(v2, 50, 10 * minuteMs).green).toBeCloseTo(expected, 2);
  });

  test('is slow while it is cold, and then no more', () => {
    const { bench } = shares(coldStart({ slowdown: 3, settle: '30s' }), 50, minuteMs);
    const cold = slowShare(shares(coldStart({ slowdown: 20, settle: '1h' }), 50, minuteMs).bench);
    expect(cold).toBeGreaterThan(0.3);
    expect(slowShare(bench)).toBeLessThan(0.02);
  });

  test.each<[string, VersionBehaviour, (share: number) => boolean]>([
    ['takes longer by a factor', slower(10), (share) => share > 0.3],
    ['has a longer tail', slowTail({ share: 0.1, addedMs: 1_000 }), (share) => Math.abs(share - 0.1) < 0.01],
    ['misses its cache', coldCache({ requests: 1e9, originMs: 2_000 }), (share) => share > 0.9],
  ])('%s', (_, v2, isRight) => {
    expect(isRight(slowShare(shares(v2, 50, minuteMs).bench))).toBe(true);
  });

  test('keeps up below its capacity and fails above it', () => {
    expect(shares(limitedCapacity({ utilisation: 1.6 }), 40, 10 * minuteMs).green).toBeLessThan(0.001);
    expect(shares(limitedCapacity({ utilisation: 1.6 }), 80, 10 * minuteMs).green).toBeGreaterThan(0.1);
  });

  test('that leaks is killed, sooner with more users on it', () => {
    const deaths = (percent: number) => {
      const { ledger } = shares(leaking({ after: '10m' }), percent, 15 * minuteMs);
      return ledger.readiness.filter(({ slot, ready }) => slot === 'green' && ready < 3).length;
    };
    expect(deaths(100)).toBeGreaterThan(0);
    expect(deaths(10)).toBeLessThan(deaths(100));
  });

  test('breaks at a time of the day', () => {
    const v2 = dailyWindow({ from: '00:10', to: '00:20' });
    const { green } = shares(v2, 50, 20 * minuteMs);
    expect(green).toBeGreaterThan(0.4);
    expect(green).toBeLessThan(0.6);
  });

  test('breaks what both slots share, for good or until it is restored', () => {
    expect(shares(badMigration({ errorRate: 0.3 }), 5, 10 * minuteMs).blue).toBeCloseTo(0.3, 2);
    const { bench } = shares(badMigration({ errorRate: 0.3, restore: '5m' }), 5, minuteMs);
    bench.route(0);
    bench.pass(6 * minuteMs);
    const before = bench.totals().slots.blue;
    bench.pass(10 * minuteMs);
    expect(bench.totals().slots.blue.errors).toBe(before.errors);
  });

  test('that calls too much slows both slots down, and fails what a dependency cannot take', () => {
    const more = { dependencies: { database: { utilisation: 0.6 } } };
    const { green, blue } = shares(dependencyCalls({ perRequest: 3 }), 100, 10 * minuteMs, more);
    expect(green).toBeCloseTo(1 - 1 / 1.8, 2);
    const half = shares(dependencyCalls({ perRequest: 3 }), 50, 10 * minuteMs, more);
    expect(half.blue).toBeCloseTo(half.green, 1);
    expect(blue).toBeNaN();
  });

  test('has errors in clusters, of the same rate', () => {
    const v2 = combined(errors({ rate: 0.02 }), clusteredErrors({ meanSize: 5 }));
    expect(shares(v2, 50, 20 * minuteMs).green).toBeCloseTo(0.02, 2);
  });
});

describe('the world around it', () => {
  test('has incidents that hit both slots', () => {
    const incidents = { at: [{ afterMs: 5 * minuteMs, forMs: 60 * minuteMs }], errorRate: 0.2 };
    const { green, blue } = shares(healthy(), 50, 10 * minuteMs, { incidents });
    expect(green).toBeCloseTo(0.2, 1);
    expect(blue).toBeCloseTo(0.2, 1);
  });

  test('lets bound sessions and resolvers linger', () => {
    const { bench } = shares(healthy(), 50, 10 * minuteMs, { router: { lingering: { sessionMs: minuteMs } } });
    const before = bench.totals().slots.green.requests;
    bench.route(0);
    bench.pass(10 * minuteMs);
    const lingered = bench.totals().slots.green.requests - before;
    // The share went towards 50 % as 1 - e^-t: what is left of it comes for another minute on average.
    expect(deviation(lingered, 0.5 * (1 - Math.exp(-10)) * 1_000 * 60)).toBeLessThan(40);
  });

  test('sends the people that an audience means, by what a router sees of them', () => {
    const people = {
      users: 10_000,
      groups: { office: { percent: 3, address: '10.1.2.3' }, testers: { percent: 1, headers: { 'X-Test': '1' } } },
    };
    const bench = benchOf({ traffic: { requestsPerSecond: 1_000, people } });
    bench.deploy('green', 'v2');
    bench.pass(5 * minuteMs);
    const audiences = [
      { name: 'office', match: { sourceRanges: ['10.0.0.0/8'] }, slot: 'green' },
      { name: 'test', match: { header: 'x-test', equals: '1' }, slot: 'green' },
    ] as const;
    bench.tryRoute({ ...splitTo(0, { audiences: [...audiences] }), weights: weights(0) });
    bench.pass(10 * minuteMs);
    const { people: met, requests } = bench.ledger().deployments.at(-1)!;
    expect(deviation(requests, 0.04 * 600_000)).toBeLessThan(5);
    expect(met.office).toMatchObject({ users: 300, met: 300 });
    expect(met['everybody else']).toMatchObject({ met: 0, requests: 0 });
  });

  test('counts latencies below edges as the shape says, and the last edge counts all', () => {
    const { bench } = shares(healthy(), 50, 10 * minuteMs);
    const reading = latencies(bench);
    const last = reading.map(({ counted }) => counted.green[0]!.at(-1)!.value);
    expect(last.at(-1)).toBe(requestsOf(bench));
    expect(last.every((count, edge) => edge === 0 || count >= last[edge - 1]!)).toBe(true);
    const edges = reading.map(({ atMostMs }) => atMostMs);
    const all = last.at(-1)!;
    const expected = edges.map(
      (edge, index) =>
        (shareWithin(usualLatency, edge) - (index === 0 ? 0 : shareWithin(usualLatency, edges[index - 1]!))) * all,
    );
    const observed = last.map((count, index) => count - (index === 0 ? 0 : last[index - 1]!));
    expect(Math.abs(chiSquareDeviation(observed, expected))).toBeLessThan(4);
  });

  test('shows samples late, with gaps and with noise, and never a counter that falls', () => {
    const metrics = { lagMs: 5_000, lagJitterMs: 15_000, gapShare: 0.2, gapMeanMs: 60_000, noise: 0.2 };
    const { bench } = shares(healthy(), 50, 30 * minuteMs, { metrics });
    const series = bench.metrics('requests').green[0]!;
    const full = (bench.clock.now() - series[0]!.at) / 15_000;
    expect(series.length).toBeLessThan(full * 0.95);
    expect(series.length).toBeGreaterThan(full * 0.5);
    expect(series.every(({ value }, index) => index === 0 || value >= series[index - 1]!.value)).toBe(true);
  });

  test('goes on sending to a dead instance until its probes fail', () => {
    const bench = benchOf({ traffic: { requestsPerSecond: 100 }, router: { deregistrationMs: 30_000 } });
    bench.pass(minuteMs);
    bench.world.crash('checkout', 'blue', 60_000);
    bench.pass(2 * minuteMs);
    expect(deviation(bench.totals().slots.blue.unready, 6_000)).toBeLessThan(5);
  });

  test('has a router in a fleet that misses a write', () => {
    const router = { routers: 10, missShare: 0.999 };
    const { ledger } = shares(healthy(), 100, 10 * minuteMs, { router });
    const green = ledger.deployments.at(-1)!.requests;
    expect(deviation(green, 60_000)).toBeLessThan(20);
  });
});

function slowShare(bench: ReturnType<typeof benchOf>): number {
  const { slow, requests } = bench.ledger().deployments.at(-1)!;
  return slow / requests;
}

function requestsOf(bench: ReturnType<typeof benchOf>): number {
  return bench.metrics('requests').green[0]!.at(-1)!.value;
}

function latencies(bench: ReturnType<typeof benchOf>) {
  const window = { fromMs: 0, toMs: bench.clock.now() };
  const { error, value } = bench.call<import('@bluegreen/contract').LatencyReading>((done) =>
    bench.world.operations.readLatency({ service: 'checkout', window }, {}, done),
  );
  if (error !== null) throw error;
  return value;
}
