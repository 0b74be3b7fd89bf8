import type { EnvironmentBench, TrafficBench } from '@bluegreen/conformance';
import { type Slot, slots } from '@bluegreen/contract';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.js';
import type { Operation } from '../faults/fault-plan.js';
import { neverReady } from './behaviour.js';
import { createWorld, type World } from './create-world.js';
import type { EnvironmentOptions, RouterOptions } from './world-options.js';

const service = 'checkout';

/** What a world without single users and without other tenants cannot show of its router. */
export const notShownOfRouter = {
  'traffic-neighbours-kept': 'nothing else lies in the simulated router',
  'traffic-neighbours-free': 'nothing else lies in the simulated router',
  'traffic-sticky-served': 'the world counts users, it does not know them',
  'traffic-audiences-served': 'the world counts users, it does not know them',
};

/** What it cannot show of its environment. */
export const notShownOfEnvironment = {
  'environment-neighbours-kept': 'nothing else lies in the simulated environment',
};

/** A simulated router as the conformance suite wants one. */
export function simulatedTrafficBench(router: RouterOptions = {}): TrafficBench {
  const clock = createVirtualClock({ startMs: 0 });
  const start = { active: 'blue', version: 'v1', standby: 'v2' } as const;
  const world = createWorld({ clock, seed: 7, services: { [service]: { router, start } } });
  const stop = keepRunning(clock);
  const lateWriteMs = router.capabilities?.lateWriteMs ?? 0;
  return {
    clock,
    secrets: [],
    open: () => world.traffic(service),
    harness: {
      ...brokenCalls(world, ['route', 'observe-routing'], lateWriteMs),
      editBehind: async () => world.inject({ fault: 'foreign-edit', to: { slot: 'green', percent: 37 } }),
      removeBehind: async () => world.inject({ fault: 'routing-vanishes' }),
      restartRouter: async () => world.inject({ fault: 'router-restarts' }),
      serve: requestsOf(world, clock),
    },
    close: stop,
  };
}

/** Two empty simulated slots. */
export function simulatedEnvironmentBench(environment: EnvironmentOptions = {}): EnvironmentBench {
  const clock = createVirtualClock({ startMs: 0 });
  const versions = { broken: neverReady() };
  const world = createWorld({ clock, seed: 7, services: { [service]: { environment, versions, start: 'empty' } } });
  const stop = keepRunning(clock);
  const adapter = world.environment(service);
  return {
    clock,
    secrets: [],
    // Instances boot in 45 s at the median.
    readyMs: 600_000,
    versions: { good: ['v1', 'v2'], broken: 'broken' },
    open: () => world.environment(service),
    harness: {
      ...brokenCalls(world, ['converge', 'observe-environment'], environment.capabilities?.lateWriteMs ?? 0),
      async leftovers(slot) {
        const { version, desired } = await adapter.observe(slot, { signal: new AbortController().signal });
        return version === null ? [] : [`${desired} instances of ${version}`];
      },
    },
    close: stop,
  };
}

/** What can go wrong with calls; a hung write lands as late as it is allowed to. */
function brokenCalls(world: World, [write, read]: readonly [Operation, Operation], lateWriteMs: number) {
  const both = (faultOf: (operation: Operation) => Parameters<World['disturb']>[1]) => {
    const ends = [write, read].map((operation) =>
      world.disturb(operation, faultOf(operation), Number.POSITIVE_INFINITY),
    );
    return async () => {
      for (const end of ends) end();
    };
  };
  return {
    async loseReply() {
      world.disturb(write, { fault: 'reply-lost' });
    },
    hang: async () =>
      both((operation) =>
        operation === write && lateWriteMs > 0 ? { fault: 'hang', lands: { afterMs: lateWriteMs } } : { fault: 'hang' },
      ),
    disconnect: async () => both(() => ({ fault: 'unreachable' })),
  };
}

/** One user's request after the other, as the world has counted them just now. */
function requestsOf(world: World, clock: VirtualClock): () => Promise<Slot | null> {
  let waiting: Slot[] = [];
  let countedAt = -1;
  return async () => {
    if (clock.now() !== countedAt) waiting = [];
    while (waiting.length === 0) {
      const before = world.ledger().services[service]!.slots;
      await new Promise<void>((resolve) => clock.setTimeout(resolve, 10));
      const after = world.ledger().services[service]!.slots;
      countedAt = clock.now();
      for (const slot of slots) {
        for (let more = after[slot].requests - before[slot].requests; more > 0; more -= 1) waiting.push(slot);
      }
    }
    return waiting.pop()!;
  };
}

/** Lets the next timer fire whenever everything else has come to rest. */
function keepRunning(clock: VirtualClock): () => Promise<void> {
  let stopped = false;
  const turn = () => {
    if (stopped) return;
    const before = clock.eventCount;
    if (clock.pendingCount > 0) clock.runUntil(() => clock.eventCount > before);
    setImmediate(turn);
  };
  setImmediate(turn);
  return async () => {
    stopped = true;
  };
}
