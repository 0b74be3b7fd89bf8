import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { faultsOf } from '../faults/catalogue.js';
import type { Operation, PlannedFault } from '../faults/fault-plan.js';
import { errors, flapping, healthy } from './behaviour.js';
import {
  type Chain,
  playWithCallbacks,
  playWithPromises,
  type Step,
  type WorldWithoutClock,
} from './drivers.fixture.js';

const slot = fc.constantFrom('blue' as const, 'green' as const);

const step: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ call: fc.constant('route' as const), green: fc.constantFrom(0, 10, 50, 99.9, 100) }),
  fc.record({ call: fc.constant('route' as const), green: fc.constantFrom(0, 5), audience: slot }),
  fc.constant({ call: 'observe-routing' as const }),
  fc.record({ call: fc.constant('deploy' as const), slot, version: fc.constantFrom('v1', 'v2', 'v3') }),
  fc.record({ call: fc.constant('retire' as const), slot }),
  fc.record({ call: fc.constant('observe-environment' as const), slot }),
  fc.constant({ call: 'metrics' as const }),
  fc.record({ call: fc.constant('check' as const), slot }),
);

/** Mostly a read before a write, so that many writes name the revision that is there. */
const steps: fc.Arbitrary<Step[]> = fc
  .array(fc.tuple(fc.boolean(), step), { minLength: 1, maxLength: 8 })
  .map((pairs) =>
    pairs.flatMap(([looksFirst, next]) => (looksFirst ? [{ call: 'observe-routing' as const }, next] : [next])),
  );

const chain: fc.Arbitrary<Chain> = fc.record({
  startMs: fc.constantFrom(0, 0, 40, 1_000, 60_000),
  epoch: fc.constantFrom(1, 1, 2),
  patienceMs: fc.constantFrom(10, 50, 5_000, 5_000),
  steps,
});

const operations: readonly Operation[] = [
  'route',
  'observe-routing',
  'converge',
  'observe-environment',
  'metrics',
  'check',
];

const callFault = fc
  .record({ operation: fc.constantFrom(...operations), call: fc.integer({ min: 1, max: 4 }), pick: fc.nat() })
  .map(({ operation, call, pick }): PlannedFault => {
    const names = faultsOf(operation);
    const fault = names[pick % names.length]!;
    const lands = pick % 3 === 0 ? ('after-next-write' as const) : ({ afterMs: 1_000 } as const);
    const extra = fault === 'hang' || fault === 'reply-lost' ? { lands } : {};
    return { at: { operation, call }, fault, byMs: 700, ...extra } as PlannedFault;
  });

const worldFault = fc.record({ time: fc.nat(150_000), pick: fc.nat(6) }).map(({ time, pick }): PlannedFault => {
  const faults = [
    { fault: 'outage', forMs: 5_000 },
    { fault: 'foreign-edit', to: { slot: 'candidate', percent: 30 } },
    { fault: 'routing-vanishes' },
    { fault: 'candidate-dies', forMs: 20_000 },
    { fault: 'active-dies' },
    { fault: 'router-silent', forMs: 9_000 },
    { fault: 'router-restarts' },
  ] as const;
  return { at: { time }, ...faults[pick]! };
});

const world: fc.Arbitrary<WorldWithoutClock> = fc.record({
  seed: fc.integer(),
  services: fc
    .record({
      fencing: fc.constantFrom('enforced' as const, 'checked' as const, 'none' as const),
      propagationMs: fc.constantFrom(0, 3_000),
      latencyMs: fc.constantFrom(0, 50),
      lateWriteMs: fc.constantFrom(1_000, 20_000),
      afterRestart: fc.constantFrom('durable' as const, 'fallback' as const, 'initial' as const),
    })
    .map(({ fencing, propagationMs, latencyMs, lateWriteMs, afterRestart }) => ({
      checkout: {
        versions: { v1: healthy(0.003), v2: errors({ rate: 0.05, afterMs: 20_000 }), v3: flapping(5_000, 2_000) },
        start: { active: 'blue' as const, version: 'v1' },
        router: {
          capabilities: { fencing, propagationMs, lateWriteMs, weightErrorPercent: 1 },
          latencyMs,
          afterRestart,
        },
        environment: { capabilities: { fencing, lateWriteMs }, latencyMs },
      },
    })),
  faults: fc.array(fc.oneof({ weight: 3, arbitrary: callFault }, { weight: 1, arbitrary: worldFault }), {
    maxLength: 8,
  }),
});

// Hundreds of worlds: slow machines need more than the usual five seconds.
describe('a world', { timeout: 120_000 }, () => {
  test('has the same history, byte for byte, driven by callbacks and by promises', async () => {
    await fc.assert(
      fc.asyncProperty(world, fc.array(chain, { minLength: 1, maxLength: 3 }), async (options, chains) => {
        const called = playWithCallbacks(options, chains);
        const promised = await playWithPromises(options, chains);
        expect(promised.history).toEqual(called.history);
        expect(JSON.stringify(promised.ledger)).toBe(JSON.stringify(called.ledger));
      }),
      { numRuns: 150 },
    );
  });

  test('has the same history for the same seed', () => {
    fc.assert(
      fc.property(world, fc.array(chain, { minLength: 1, maxLength: 2 }), (options, chains) => {
        const first = playWithCallbacks(options, chains);
        expect(JSON.stringify(playWithCallbacks(options, chains))).toBe(JSON.stringify(first));
      }),
      { numRuns: 50 },
    );
  });

  test('has another history for another seed', () => {
    const options = { services: { checkout: { start: { active: 'blue' as const, version: 'v1' } } } };
    const requests = [1, 2, 3, 4, 5].map(
      (seed) => playWithCallbacks({ ...options, seed }, []).ledger.services.checkout!.requests,
    );
    expect(new Set(requests).size).toBe(5);
  });

  test('is not changed by somebody who reads, nor by a service that is added', () => {
    fc.assert(
      fc.property(world, chain, fc.array(fc.nat(150_000), { maxLength: 5 }), (options, release, readAt) => {
        const withoutCalls = { ...options, faults: options.faults!.filter(({ at }) => 'time' in at) };
        const alone = playWithCallbacks(withoutCalls, [release]).ledger;
        const readers = readAt.map(
          (startMs): Chain => ({
            startMs,
            epoch: 1,
            patienceMs: 5_000,
            steps: [{ call: 'metrics' }, { call: 'observe-environment', slot: 'green' }],
          }),
        );
        const search = { start: { active: 'green' as const, version: 'v7' } };
        const busy = { ...withoutCalls, services: { search, ...withoutCalls.services } };
        const watched = playWithCallbacks(busy, [release, ...readers]).ledger;
        expect(watched.services.checkout).toEqual(alone.services.checkout);
        expect(watched.deployments.filter(({ service }) => service === 'checkout')).toEqual(alone.deployments);
        expect(watched.readiness.filter(({ service }) => service === 'checkout')).toEqual(alone.readiness);
      }),
      { numRuns: 60 },
    );
  });
});
