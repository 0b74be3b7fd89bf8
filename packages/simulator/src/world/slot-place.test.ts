import { describe, expect, test } from 'vitest';
import { fail } from '../failure.js';
import { crashing, flapping, healthy, neverReady } from './behaviour.js';
import { benchOf } from './bench.fixture.js';

describe('an environment', () => {
  test('accepts at once and gets ready later, instance by instance', () => {
    const bench = benchOf({ versions: { v2: { boot: { medianMs: 60_000, sigma: 0.5 } } } });
    expect(bench.converge('green', { id: 'r1', version: 'v2' })).toBe('ok');
    expect(bench.environment('green')).toMatchObject({
      version: 'v2',
      releaseId: 'r1',
      desired: 3,
      ready: 0,
      whyNotReady: '0 of 3 ready: starting',
      fence: { epoch: 1, sequence: 1 },
      autoscaling: 'frozen',
    });
    bench.pass(600_000);
    expect(bench.environment('green')).toMatchObject({ ready: 3 });
    expect(bench.environment('green').whyNotReady).toBeUndefined();
    const counts = bench.ledger().readiness.filter(({ slot }) => slot === 'green');
    expect(counts.map(({ ready }) => ready)).toEqual([1, 2, 3]);
    expect(new Set(counts.map(({ at }) => at)).size).toBe(3);
  });

  test('boots take their median', () => {
    const bench = benchOf({ versions: { v2: { boot: { medianMs: 60_000, sigma: 0.5 } } } });
    bench.converge('green', { id: 'r1', version: 'v2' }, { atLeast: 1_001 });
    bench.pass(60_000);
    const { ready } = bench.environment('green');
    expect(Math.abs(ready - 500)).toBeLessThan(80);
  });

  test('a version that is never ready never is, and says so', () => {
    const bench = benchOf({ versions: { v2: neverReady() } });
    bench.converge('green', { id: 'r1', version: 'v2' });
    bench.pass(10_000_000);
    expect(bench.environment('green')).toMatchObject({ ready: 0, whyNotReady: '0 of 3 ready: starting' });
  });

  test('starts that fail are tried again', () => {
    const bench = benchOf({ versions: { v2: { boot: { failureRate: 0.6 } } }, seed: 3 });
    bench.converge('green', { id: 'r1', version: 'v2' }, { atLeast: 10 });
    bench.pass(90_000);
    expect(bench.environment('green').whyNotReady).toMatch(/^\d of 10 ready: \d+ starts failed$/);
    bench.pass(86_400_000);
    expect(bench.environment('green').ready).toBe(10);
  });

  test('readiness that flaps is up for its share of the time', () => {
    const bench = benchOf({ versions: { v2: flapping(30_000, 10_000) } });
    bench.deploy('green', 'v2', { atLeast: 20 });
    const changes = () => bench.ledger().readiness.filter(({ slot }) => slot === 'green');
    const since = bench.clock.now();
    bench.pass(2_000_000);
    let up = 0;
    const seen = changes().filter(({ at }) => at >= since);
    seen.forEach((one, index) => {
      up += one.ready * ((seen[index + 1]?.at ?? bench.clock.now()) - one.at);
    });
    expect(up / (20 * 2_000_000)).toBeGreaterThan(0.7);
    expect(up / (20 * 2_000_000)).toBeLessThan(0.8);
  });

  test('instances that crash start again, and their users fail only while none is left', () => {
    const bench = benchOf({ versions: { v2: crashing(30_000) } });
    bench.deploy('green', 'v2');
    bench.route(100);
    bench.pass(7_200_000);
    expect(bench.environment('green').whyNotReady ?? 'whole').toMatch(/instances died \d+ times|whole/);
    const { unready } = bench.totals().slots.green;
    expect(unready).toBeGreaterThan(0);
    expect(unready).toBeLessThan(bench.totals().slots.green.requests / 2);
  });

  test('converging twice changes nothing (S40)', () => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    const before = bench.environment('green');
    expect(bench.converge('green', { id: 'release-of-v2', version: 'v2' })).toBe('ok');
    expect(bench.environment('green')).toEqual({ ...before, fence: { epoch: 1, sequence: 2 } });
    expect(bench.ledger().deployments).toHaveLength(2);
    bench.converge('green', null);
    expect(bench.converge('green', null)).toBe('ok');
    expect(bench.ledger().irreversible).toHaveLength(1);
  });

  test('grows to what is asked and never shrinks by it', () => {
    const bench = benchOf();
    bench.converge('blue', 'unchanged', { atLeast: 5 });
    bench.pass(600_000);
    expect(bench.environment('blue')).toMatchObject({ version: 'v1', desired: 5, ready: 5 });
    bench.converge('blue', 'unchanged', { atLeast: 2 });
    expect(bench.environment('blue')).toMatchObject({ desired: 5, ready: 5 });
  });

  test('an empty slot stays empty when nothing shall change', () => {
    const bench = benchOf();
    expect(bench.converge('green', 'unchanged')).toBe('ok');
    expect(bench.environment('green')).toMatchObject({ version: null, desired: 0, ready: 0 });
  });

  test('without capacity of its own, runs as many instances as it always does', () => {
    const bench = benchOf({ environment: { capabilities: { capacity: false }, instances: 2 } });
    bench.deploy('green', 'v2', { atLeast: 9 });
    expect(bench.environment('green')).toMatchObject({ desired: 2, ready: 2 });
  });

  test('refuses an older owner and a passed sequence', () => {
    const bench = benchOf();
    bench.converge('green', { id: 'r1', version: 'v2' }, { epoch: 5, sequence: 2 });
    expect(bench.converge('green', null, { epoch: 4, sequence: 9 })).toBe('simulator/fenced');
    expect(bench.converge('green', null, { epoch: 5, sequence: 1 })).toBe('simulator/sequence-passed');
    expect(bench.environment('green').version).toBe('v2');
  });

  test.each(['retire', 'deploy-over'] as const)('asks back before it is too late: %s', (action) => {
    const bench = benchOf();
    bench.deploy('green', 'v2');
    const release = action === 'retire' ? null : { id: 'r3', version: 'v3' };
    const refusal = fail('simulator/conflict', { detail: 'reachable after all' });
    expect(bench.converge('green', release, { confirm: (answer) => answer(refusal) })).toBe('simulator/conflict');
    expect(bench.environment('green')).toMatchObject({ version: 'v2', ready: 3 });
    expect(bench.converge('green', release)).toBe('ok');
    expect(bench.ledger().irreversible).toMatchObject([
      { action, slot: 'green', version: 'v2', lookedAt: expect.any(Number) },
    ]);
  });

  test('an aborted question ends in nothing', () => {
    const bench = benchOf({ environment: { capabilities: { lateWriteMs: 60_000 } } });
    bench.deploy('green', 'v2');
    let answerLate: (() => void) | null = null;
    const outcome = bench.converge('green', null, {
      patienceMs: 1_000,
      confirm: (answer) => {
        answerLate = () => answer(null);
      },
    });
    expect(outcome).toBe('simulator/aborted');
    answerLate!();
    bench.pass(120_000);
    expect(bench.environment('green').version).toBe('v2');
  });

  test('a frozen autoscaler leaves a slot alone, a free one does not (S17)', () => {
    const bench = benchOf();
    bench.converge('blue', 'unchanged', { autoscaling: 'frozen' });
    bench.world.inject({ fault: 'autoscaler-interferes', slot: 'blue', instances: 1 });
    expect(bench.environment('blue').desired).toBe(3);
    bench.converge('blue', 'unchanged', { autoscaling: 'free' });
    bench.world.inject({ fault: 'autoscaler-interferes', slot: 'blue', instances: 1 });
    expect(bench.environment('blue')).toMatchObject({ desired: 1, ready: 1 });
  });

  test('a check asks the slot itself: it fails where nothing answers and where the version is bad', () => {
    const bench = benchOf({ versions: { v1: healthy(), v2: { checks: 'fail' } } });
    expect(bench.check('green')).toMatchObject({ passed: false, version: null });
    bench.deploy('green', 'v2');
    expect(bench.check('green')).toMatchObject({ passed: false, version: 'v2' });
    expect(bench.check('blue')).toMatchObject({ passed: true, version: 'v1' });
  });
});
