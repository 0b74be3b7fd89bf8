import { weights } from '@bluegreen/contract';
import { describe, expect, test } from 'vitest';
import { benchOf } from './bench.fixture.js';

const warm = { start: { active: 'blue', version: 'v1', standby: 'v0' } } as const;

describe('what befalls the world', () => {
  test('F18: somebody else turns the weights; the stamp stays unless told, the rest always', () => {
    const bench = benchOf();
    bench.route(10, { rest: { preview: 'green' } });
    const before = bench.routing();
    bench.world.inject({ fault: 'foreign-edit', to: { slot: 'green', percent: 60 } });
    const after = bench.routing();
    expect(after.revision).not.toBe(before.revision);
    expect(after.fence).toEqual(before.fence);
    expect(after.routing).toMatchObject({ target: { weights: weights(60), preview: 'green' } });
    bench.world.inject({ fault: 'foreign-edit', stamp: 'removed' });
    expect(bench.routing().fence).toBeUndefined();
    expect(bench.ledger().routing.map(({ by }) => by)).toEqual(['start', 'route', 'foreign', 'foreign']);
  });

  test('F18: comes just before the n-th call, and before that call looks', () => {
    const bench = benchOf({ faults: [{ at: { operation: 'route', call: 2 }, fault: 'foreign-edit' }] });
    bench.route(10);
    const { revision } = bench.routing();
    expect(bench.route(20, { revision })).toBe('simulator/revision-changed');
    expect(bench.ledger().faults).toMatchObject([{ fault: 'foreign-edit', service: 'checkout' }]);
  });

  test('comes so long after the n-th call as it says', () => {
    const bench = benchOf({ faults: [{ at: { operation: 'route', call: 1 }, delayMs: 5_000, fault: 'foreign-edit' }] });
    bench.route(10);
    bench.pass(4_000);
    expect(bench.routing().routing).toMatchObject({ target: { weights: weights(10) } });
    bench.pass(1_000);
    expect(bench.routing().routing).toMatchObject({ target: { weights: weights(0) } });
  });

  test('F29, F30: the candidate is what was deployed to last, the active slot is the other', () => {
    const bench = benchOf(warm);
    bench.world.inject({ fault: 'candidate-dies' });
    expect([bench.environment('blue').ready, bench.environment('green').ready]).toEqual([3, 0]);
    bench.deploy('green', 'v2');
    bench.route(100);
    bench.world.inject({ fault: 'active-dies', forMs: 30_000 });
    expect([bench.environment('blue').ready, bench.environment('green').ready]).toEqual([0, 3]);
    bench.pass(30_000);
    expect(bench.environment('blue').ready).toBe(3);
    bench.world.inject({ fault: 'candidate-dies' });
    bench.pass(10_000_000);
    expect(bench.environment('green')).toMatchObject({ ready: 0, whyNotReady: '0 of 3 ready: instances died 3 times' });
  });

  test('comes at an instant, to one service or to all', () => {
    const bench = benchOf({ ...warm, faults: [{ at: { time: 60_000 }, fault: 'active-dies' }] });
    bench.pass(59_999);
    expect(bench.ledger().faults).toEqual([]);
    bench.pass(1);
    expect(bench.ledger().faults).toEqual([{ at: 60_000, service: null, fault: 'active-dies' }]);
    expect(bench.environment('blue').ready).toBe(0);
  });

  test('F19, F34: an edit cannot fill an empty place, and a restart forgets what was on its way', () => {
    const empty = benchOf({ start: 'empty' });
    empty.world.inject({ fault: 'foreign-edit' });
    expect(empty.routing().routing).toEqual({ kind: 'unrouted' });
    const lagging = benchOf({
      router: { capabilities: { propagationMs: 60_000 }, afterRestart: 'initial', proof: 'proven' },
    });
    lagging.route(100);
    lagging.world.inject({ fault: 'router-restarts' });
    lagging.pass(120_000);
    expect(lagging.routing()).toMatchObject({ proof: 'proven', routing: { target: { weights: weights(0) } } });
    expect(lagging.totals().slots.green.requests).toBeLessThan(100);
  });
});

describe('a world that cannot be', () => {
  test.each([
    [
      'services.checkout.router.afterRestart',
      { router: { afterRestart: 'fallback', capabilities: { remembers: [] } } },
    ],
    ['services.checkout.router.routers', { router: { routers: 0 } }],
    ['services.checkout.router.routers', { router: { routers: 1, capabilities: { propagationMs: 5 } } }],
    ['services.checkout.traffic', { traffic: { requestsPerSecond: -1 } }],
    ['services.checkout.traffic.audiencePercent', { traffic: { audiencePercent: { a: 60, b: 50 } } }],
    ['services.checkout.versions.v2', { versions: { v2: { errorRate: 1.5 } } }],
    ['metrics.scrapeMs', { metrics: { scrapeMs: 0 } }],
    ['seed', { seed: 0.5 }],
  ] as const)('is refused at %s', (path, options) => {
    expect(() => benchOf(options as never)).toThrow(expect.objectContaining({ code: 'simulator/world-invalid', path }));
  });
});
