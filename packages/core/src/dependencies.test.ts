import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { dependenciesOf } from './dependencies.js';
import { mixedShare, shiftOrder, skewOf } from './mixed-versions.js';
import { MemoryService } from './releaser.fixture.js';

function servicesOf(dependencies: Readonly<Record<string, readonly string[]>>) {
  const { service } = new MemoryService();
  return Object.fromEntries(Object.entries(dependencies).map(([name, dependsOn]) => [name, { ...service, dependsOn }]));
}

describe('what services depend on', () => {
  it('is what the release moves, and nothing else', () => {
    const services = servicesOf({ web: ['api', 'mail', 'api'], api: [], mail: [] });
    expect(dependenciesOf(services, ['api', 'web'])).toEqual({ api: [], web: ['api'] });
  });

  it('is refused where a service is unknown, or where they wait for each other', () => {
    expect(() => dependenciesOf(servicesOf({ web: ['apo'] }), ['web'])).toThrow('web depends on apo');
    const circle = servicesOf({ web: ['api'], api: ['store'], store: ['api'], mail: ['web'] });
    expect(() => dependenciesOf(circle, ['api', 'mail', 'store', 'web'])).toThrow('api -> store -> api');
    expect(dependenciesOf(circle, ['api', 'mail', 'web'])).toEqual({ api: [], mail: ['web'], web: ['api'] });
  });

  it('is refused for itself', () => {
    expect(() => dependenciesOf(servicesOf({ web: ['web'] }), ['web'])).toThrow('web -> web');
  });

  it('gives an order in which every provider comes first, however wide and deep', () => {
    const graph = fc.integer({ min: 1, max: 60 }).chain((count) =>
      fc.array(fc.array(fc.nat(count), { maxLength: 8 }), { minLength: count, maxLength: count }).map((edges) => {
        // Only towards lower numbers: no circle.
        const entries = edges.map((targets, index) => [
          `s${index}`,
          targets.filter((target) => target < index).map((target) => `s${target}`),
        ]);
        return Object.fromEntries(entries) as Record<string, readonly string[]>;
      }),
    );
    fc.assert(
      fc.property(graph, (dependencies) => {
        const names = Object.keys(dependencies);
        const found = dependenciesOf(servicesOf(dependencies), names);
        const services = Object.fromEntries(names.map((name) => [name, { dependsOn: found[name]! }]));
        const order = shiftOrder({ services } as never);
        const placeOf = new Map(order.flatMap((row, index) => row.map((name) => [name, index] as const)));
        expect([...placeOf.keys()].sort()).toEqual([...names].sort());
        for (const name of names) {
          for (const provider of found[name]!) expect(placeOf.get(provider)!).toBeLessThan(placeOf.get(name)!);
        }
      }),
      { numRuns: 100 },
    );
  });
});

describe('what a plan says about versions that meet', () => {
  const service = (kind: string, propagationMs: number, dependsOn: readonly string[] = []) => ({
    cohort: { kind },
    traffic: { capabilities: { propagationMs } },
    dependsOn,
  });
  const planWith = (services: object) => ({ services, policy: { limits: { callMs: 30_000, pollMs: 1_000 } } }) as never;

  it('counts the slowest of each row, and a call and a read for each', () => {
    const plan = planWith({
      web: service('sticky', 100, ['api']),
      api: service('sticky', 2_000),
      db: service('sticky', 0),
    });
    expect(skewOf(plan, shiftOrder(plan))).toEqual({ atLeastMs: 2_100, atMostMs: 64_100 });
    const alone = planWith({ web: service('sticky', 100) });
    expect(skewOf(alone, shiftOrder(alone))).toEqual({ atLeastMs: 100, atMostMs: 100 });
  });

  it('is mixed by chance where requests are drawn anew, and not where people are the same', () => {
    const drawn = planWith({ web: service('per-request', 0), api: service('per-request', 0) });
    expect(mixedShare(drawn, 10)).toBeCloseTo(0.18, 12);
    expect(mixedShare(drawn, 100)).toBe(0);
    expect(mixedShare(planWith({ web: service('sticky', 0), api: service('sticky', 0) }), 10)).toBe(0);
    expect(mixedShare(planWith({ web: service('sticky', 0), api: service('bound', 0) }), 50)).toBeCloseTo(0.5, 12);
    expect(mixedShare(planWith({ web: service('per-request', 0) }), 50)).toBe(0);
  });
});
