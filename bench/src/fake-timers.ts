import { type Clock, releaseResource } from '@bluegreen/contract';
import { AnalysisMemory, AsyncDriver, adapterPerformer, ReleaseProcess } from '@bluegreen/core/driving';
import {
  announce,
  compilePolicy,
  type Fact,
  nextState,
  type ReleaseEvent,
  type ReleasePlan,
  type ReleaseState,
} from '@bluegreen/machine';
import { createWorld } from '@bluegreen/simulator';
import FakeTimers from '@sinonjs/fake-timers';
import { careful } from './policy.js';

const service = 'web';
const id = 'simulated-release';
const startMs = 1_767_225_600_000;

/** The timers of the platform, faked by the library that vitest and jest fake theirs with. */
export type FakedTimers = ReturnType<typeof FakeTimers.install>;

/** Moves the faked time on: by a second, or to the next timer. */
export type Advance = (timers: FakedTimers) => Promise<unknown>;

/**
 * The release of `simulateAsync` as a test would drive it without a simulator: same driver, same adapters, and the
 * timers of the platform faked.
 */
export async function releaseUnderFakeTimers(seed: number, advance: Advance): Promise<ReturnType<typeof releaseOn>> {
  const timers = FakeTimers.install({ now: startMs, toFake: ['setTimeout', 'clearTimeout', 'Date'] });
  try {
    const release = releaseOn(platformClock(), seed);
    const { driver, begin } = release;
    let isOver = false;
    void driver.ended.then(() => {
      isOver = true;
    });
    void driver.give([begin]);
    while (!isOver) await advance(timers);
    return release;
  } finally {
    timers.uninstall();
  }
}

function platformClock(): Clock {
  return {
    now: () => Date.now(),
    setTimeout: (run, delayMs) => setTimeout(run, Math.max(0, delayMs)),
    clearTimeout: (handle) => clearTimeout(handle as NodeJS.Timeout),
  };
}

/** One release that nobody drives yet, in a world of its own on this clock. */
export function releaseOn(
  clock: Clock,
  seed: number,
  processOf: (initial: ReleaseState) => ReleaseProcess = (initial) => new ReleaseProcess(initial),
) {
  const world = createWorld({
    clock,
    seed,
    services: { [service]: { versions: { v1: {}, v2: {} }, start: { active: 'blue', version: 'v1' } } },
  });
  const caller = { owner: 'owner-1' };
  const traffic = world.traffic(service, caller);
  const environment = world.environment(service, caller);
  const plan: ReleasePlan = {
    format: 1,
    policy: compilePolicy(careful),
    services: {
      [service]: {
        version: 'v2',
        cohort: { kind: traffic.capabilities.cohorts[0]! } as { kind: 'per-request' },
        traffic: { name: traffic.name, resource: traffic.resource, capabilities: traffic.capabilities },
        environment: {
          name: environment.name,
          resource: environment.resource,
          capabilities: environment.capabilities,
        },
      },
    },
  };
  const at = clock.now();
  const requested: Fact = { type: 'release-requested', at, id, requestedBy: 'simulation', plan };
  const initial = nextState(null, requested);
  const events: ReleaseEvent[] = [requested, ...announce(null, initial, requested)];
  const epochs = { [releaseResource(id)]: 1, [traffic.resource]: 1, [environment.resource]: 1 };
  const lease = { epochs, confirm: async () => {} };
  const driver = new AsyncDriver({
    process: processOf(initial),
    clock,
    lease,
    performer: adapterPerformer({
      releaseId: id,
      services: { [service]: { traffic, environment } },
      gates: { metrics: world.metrics, checks: {} },
      clock,
      lease,
      memory: new AnalysisMemory(),
    }),
    async append(appended) {
      events.push(...appended);
    },
  });
  const begin: Fact = { type: 'orchestrator-resumed', at, owner: 'owner-1', absentMs: 0, epochs };
  return { driver, world, events, begin };
}
