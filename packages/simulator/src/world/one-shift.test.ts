import { getEventListeners } from 'node:events';
import { everythingTo, weights } from '@bluegreen/contract';
import { expect, test } from 'vitest';
import { createVirtualClock } from '../clock/virtual-clock.js';
import { errors, healthy } from './behaviour.js';
import { createWorld } from './create-world.js';
import type { WorldOptions } from './world-options.js';

const options: Omit<WorldOptions, 'clock'> = {
  seed: 7,
  services: {
    checkout: {
      traffic: { requestsPerSecond: 200 },
      versions: { v41: healthy(0.001), v42: errors({ rate: 0.05 }) },
      start: { active: 'blue', version: 'v41' },
    },
  },
};

const service = 'checkout';
const fence = { epoch: 1, sequence: 1 };
const target = everythingTo('blue', { weights: weights(10), candidate: 'green' });
const release = { id: 'release-1', version: 'v42' };
const environment = { slot: 'green', release, atLeast: 3, autoscaling: 'frozen', workers: 'idle' } as const;

function shiftWithCallbacks() {
  const clock = createVirtualClock();
  const world = createWorld({ ...options, clock });
  const { operations } = world;
  let isShifted = false;
  const look = () => {
    operations.observeEnvironment({ service, slot: 'green' }, {}, ({ error, value }) => {
      if (error !== null) throw error;
      if (value.ready < value.desired) clock.setTimeout(look, 5_000);
      else operations.observeRouting({ service }, {}, ({ value: routing }) => shift(routing!.revision));
    });
  };
  const shift = (revision: string) => {
    operations.route({ service, target, expected: { revision } }, { idempotencyKey: 'shift-1', fence }, ({ error }) => {
      isShifted = error === null;
    });
  };
  const call = { idempotencyKey: 'deploy-1', fence, confirm: (answer: (error: null) => void) => answer(null) };
  operations.converge({ service, target: environment }, call, look);
  clock.runUntil(() => isShifted);
  clock.runUntil(clock.now() + 60_000);
  return world.ledger();
}

async function shiftWithPromises() {
  const clock = createVirtualClock();
  const world = createWorld({ ...options, clock });
  const traffic = world.traffic(service);
  const slots = world.environment(service);
  const { signal } = new AbortController();
  const sleep = (delayMs: number) => new Promise<void>((resolve) => void clock.setTimeout(resolve, delayMs));
  let isShifted = false;
  const shift = async () => {
    await slots.converge(environment, { signal, idempotencyKey: 'deploy-1', fence, confirm: async () => {} });
    for (;;) {
      const { ready, desired } = await slots.observe('green', { signal });
      if (ready >= desired) break;
      await sleep(5_000);
    }
    const { revision } = await traffic.observe({ signal });
    await traffic.route(target, { revision }, { signal, idempotencyKey: 'shift-1', fence });
    isShifted = true;
  };
  const shifting = shift();
  await clock.runAsync(() => isShifted);
  await shifting;
  await clock.runAsync(clock.now() + 60_000);
  return world.ledger();
}

test('one shift, driven by callbacks and by promises, is one history', async () => {
  const called = shiftWithCallbacks();
  expect(JSON.stringify(await shiftWithPromises())).toBe(JSON.stringify(called));
  const candidate = called.deployments.find(({ version }) => version === 'v42')!;
  expect(candidate.firstUserRequestAt).toBe(called.at - 60_000);
  expect(candidate.requests).toBeGreaterThan(1_000);
  expect(candidate.errors / candidate.requests).toBeCloseTo(0.05, 1);
});

test('calls that share a signal leave nothing on it', async () => {
  const clock = createVirtualClock();
  const traffic = createWorld({ ...options, clock }).traffic(service);
  const { signal } = new AbortController();
  const reads = [traffic.observe({ signal }), traffic.observe({ signal })];
  expect(getEventListeners(signal, 'abort')).toHaveLength(2);
  await clock.runAsync(clock.now() + 1_000);
  await Promise.all(reads);
  expect(getEventListeners(signal, 'abort')).toHaveLength(0);
});
