import { everythingTo, weights } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { benchOf, splitTo } from './bench.fixture.js';

describe('writing a routing', () => {
  test('is read back whole, with its stamp and a new revision', () => {
    const bench = benchOf();
    const before = bench.routing();
    const target = splitTo(12.5, {
      preview: 'green',
      audiences: [{ name: 'internal', match: { header: 'x-internal', equals: '1' }, slot: 'green' }],
      cohort: { kind: 'redrawn', salt: 'r1' },
      mirror: { slot: 'green', percent: 5 },
    });
    expect(bench.tryRoute(target, { epoch: 3 })).toBe('ok');
    const after = bench.routing();
    expect(after.routing).toEqual({ kind: 'split', target: { ...target, weights: { blue: 87.5, green: 12.5 } } });
    expect(after.fence).toEqual({ epoch: 3, sequence: 1 });
    expect(after.revision).not.toBe(before.revision);
  });

  test('drops what the router cannot remember, and refuses what it does not declare', () => {
    const bench = benchOf({ router: { capabilities: { remembers: [], preview: false, mirror: false } } });
    expect(bench.route(10, { rest: { fallback: 'blue' } })).toBe('ok');
    const { routing } = bench.routing();
    expect(routing).toMatchObject({ target: { candidate: null, fallback: null, weights: weights(10) } });
    for (const rest of [{ preview: 'green' }, { mirror: { slot: 'green', percent: 1 } }] as const) {
      expect(bench.route(20, { rest })).toBe('simulator/routing-unsupported');
      expect(bench.routing().routing).toEqual(routing);
    }
  });

  test.each(['enforced', 'checked', 'none'] as const)(
    'refuses another revision than the expected one (fencing %s)',
    (fencing) => {
      const bench = benchOf({ router: { capabilities: { fencing } } });
      const { revision } = bench.routing();
      bench.route(10);
      expect(bench.route(20, { revision })).toBe('simulator/revision-changed');
      expect(bench.routing().routing).toMatchObject({ target: { weights: weights(10) } });
    },
  );

  test.each(['enforced', 'checked'] as const)(
    'refuses an older epoch and a passed sequence (fencing %s)',
    (fencing) => {
      const bench = benchOf({ router: { capabilities: { fencing } } });
      bench.route(10, { epoch: 5, sequence: 7 });
      expect(bench.route(20, { epoch: 4, sequence: 8 })).toBe('simulator/fenced');
      expect(bench.route(20, { epoch: 5, sequence: 7, key: 'other' })).toBe('simulator/sequence-passed');
      expect(bench.route(20, { epoch: 6, sequence: 1 })).toBe('ok');
    },
  );

  test('without a place for a stamp, keeps none and refuses no owner', () => {
    const bench = benchOf({ router: { capabilities: { fencing: 'none' } } });
    bench.route(10, { epoch: 5 });
    expect(bench.routing().fence).toBeUndefined();
    expect(bench.route(20, { epoch: 4 })).toBe('ok');
    expect(bench.ledger().routing.map(({ fence }) => fence?.epoch)).toEqual([undefined, 5, 4]);
  });

  test('the same key again is the same write (S40)', () => {
    const bench = benchOf();
    const { revision } = bench.routing();
    bench.route(10, { revision, sequence: 1, key: 'once' });
    expect(bench.route(10, { revision, sequence: 1, key: 'once' })).toBe('ok');
    expect(bench.ledger().routing).toHaveLength(2);
  });

  test('the same key is no excuse when somebody else has changed the routing since', () => {
    const bench = benchOf();
    const { revision } = bench.routing();
    bench.route(10, { revision, sequence: 1, key: 'once' });
    bench.world.inject({ fault: 'foreign-edit' });
    expect(bench.route(10, { revision, sequence: 1, key: 'once' })).toBe('simulator/sequence-passed');
  });

  test('refuses what the router cannot do', () => {
    const bench = benchOf({
      router: { capabilities: { weightStepPercent: 1, cohorts: ['per-request'], audiences: ['cookie'] } },
    });
    const audiences = [{ name: 'internal', match: { header: 'x', equals: '1' }, slot: 'green' as const }];
    expect(bench.route(0.5)).toBe('simulator/weight-step');
    expect(bench.route(5, { rest: { cohort: { kind: 'sticky' } } })).toBe('simulator/routing-unsupported');
    expect(bench.route(5, { rest: { audiences } })).toBe('simulator/routing-unsupported');
    expect(bench.route(5)).toBe('ok');
  });

  test('two owners that looked at the same moment: a check before the write lets both through, a conditional write one', () => {
    const both = (fencing: 'enforced' | 'checked') => {
      const bench = benchOf({ router: { capabilities: { fencing } } });
      const { revision } = bench.routing();
      const outcomes: string[] = [];
      for (const epoch of [2, 1]) {
        bench.world.operations.route(
          { service: 'checkout', target: splitTo(epoch * 10), expected: { revision } },
          { idempotencyKey: `${epoch}`, fence: { epoch, sequence: 1 }, owner: `owner-${epoch}` },
          ({ error }) => outcomes.push(error === null ? 'ok' : (error as Error & { code: string }).code),
        );
      }
      bench.pass(1_000);
      return outcomes;
    };
    expect(both('enforced')).toEqual(['ok', 'simulator/fenced']);
    expect(both('checked')).toEqual(['ok', 'ok']);
  });
});

describe('what routers really use', () => {
  test('the last router follows after the propagation time, and requests go there until then', () => {
    const bench = benchOf({
      router: { capabilities: { propagationMs: 10_000 }, proof: 'proven' },
      traffic: { requestsPerSecond: 1_000 },
    });
    bench.deploy('green', 'v2');
    bench.route(100);
    expect(bench.routing().proof).toBeUndefined();
    bench.pass(10_000);
    expect(bench.routing().proof).toBe('proven');
    const { requests } = bench.ledger().deployments.find(({ version }) => version === 'v2')!;
    const settledAt = bench.ledger().routing.at(-1)!.at + 10_000;
    const expected = 5_000 + bench.clock.now() - settledAt;
    expect(Math.abs(requests - expected)).toBeLessThan(5 * Math.sqrt(expected));
  });

  test('a silent router keeps what it had, and catches up (F33)', () => {
    const bench = benchOf({ router: { routers: 4, proof: 'proven' } });
    bench.deploy('green', 'v2');
    bench.world.inject({ fault: 'router-silent', router: 1, forMs: 30_000 });
    bench.route(100);
    bench.pass(20_000);
    expect(bench.routing().proof).toBeUndefined();
    bench.pass(10_000);
    expect(bench.routing().proof).toBe('proven');
  });

  test.each([
    ['durable', 40, true],
    ['fallback', 0, false],
    ['initial', 0, false],
  ] as const)('after a restart a %s router serves %d percent on green (F34)', (afterRestart, green, keepsStamp) => {
    const bench = benchOf({ router: { afterRestart } });
    bench.route(40);
    const before = bench.routing();
    expect(before.afterRestart === undefined).toBe(afterRestart === 'durable');
    bench.world.inject({ fault: 'router-restarts' });
    const after = bench.routing();
    expect(after.routing).toMatchObject({ target: { weights: weights(green) } });
    expect(after.fence !== undefined).toBe(keepsStamp);
    expect(after.routing).toEqual(before.afterRestart ?? before.routing);
  });

  test('a drain is counted or bounded, and over when the longest request is', () => {
    for (const drain of ['counted', 'bounded'] as const) {
      const bench = benchOf({ router: { drain, latencyMs: 0 }, traffic: { longestRequestMs: 8_000 } });
      bench.deploy('green', 'v2');
      bench.route(100);
      const early = bench.routing().drain!.blue;
      bench.pass(4_000);
      const half = bench.routing().drain!.blue;
      bench.pass(4_000);
      const over = bench.routing().drain!.blue;
      expect([early, half, over]).toEqual(
        drain === 'counted'
          ? [400, 100, 0].map((open) => ({ kind: 'counted', open }))
          : [8_000, 4_000, 0].map((atMostMs) => ({ kind: 'bounded', atMostMs })),
      );
    }
    expect(benchOf({ router: { drain: 'absent' } }).routing().drain).toBeUndefined();
  });

  test('reports health as it sees it: a ready instance counts when it is registered (S2)', () => {
    const bench = benchOf({ router: { reportsHealth: true, registrationMs: 60_000 } });
    bench.deploy('green', 'v2');
    expect(bench.environment('green').ready).toBe(3);
    expect(bench.routing().health).toMatchObject({ green: { healthy: 0, total: 3 } });
    bench.pass(60_000);
    expect(bench.routing().health).toMatchObject({ green: { healthy: 3, total: 3 } });
  });

  test('a vanished routing is foreign, and its requests fail or go where strays go (F19)', () => {
    const bench = benchOf({ traffic: { requestsPerSecond: 100 } });
    bench.world.inject({ fault: 'routing-vanishes' });
    expect(bench.routing().routing.kind).toBe('foreign');
    bench.pass(10_000);
    const lost = bench.totals();
    expect(lost.stray).toBe(lost.failed);
    expect(lost.stray).toBeGreaterThan(800);
    const straying = benchOf({ start: { active: 'blue', version: 'v1', standby: 'v0' } });
    straying.world.inject({ fault: 'routing-vanishes', serves: 'candidate' });
    straying.pass(10_000);
    expect(straying.totals().slots.green.requests).toBeGreaterThan(800);
  });

  test('first deploy: unrouted, and the requests before it fail nobody', () => {
    const bench = benchOf({ start: 'empty' });
    expect(bench.routing().routing).toEqual({ kind: 'unrouted' });
    bench.deploy('blue', 'v1');
    expect(bench.tryRoute(everythingTo('blue'))).toBe('ok');
    bench.pass(10_000);
    const { requests, failed, unrouted } = bench.totals();
    expect(failed).toBe(0);
    expect(unrouted).toBeGreaterThan(1_000);
    expect(requests).toBeGreaterThan(800);
  });
});
