import {
  type Clock,
  compareFences,
  type EnvironmentAdapter,
  type EnvironmentObservation,
  type EnvironmentTarget,
  environmentCapabilities,
  type Fence,
  failures,
  type Slot,
} from '@bluegreen/contract';
import type { EnvironmentBench } from '../environment/environment-bench.js';
import { MemoryProvider, travelMs } from './memory-provider.fixture.js';
import { asFailure, secret } from './memory-router.fixture.js';
import { SteppingClock } from './stepping-clock.fixture.js';

export interface Place {
  readonly version: string | null;
  readonly releaseId: string | null;
  readonly desired: number;
  /** Instances of this deployment are ready from here on. */
  readonly readyAt: number;
  readonly autoscaling: 'free' | 'frozen';
  readonly workers: 'active' | 'idle';
  readonly fence: Fence | null;
  /** What the provider keeps for this slot beside the instances. */
  readonly volumes: readonly string[];
}

export interface Places {
  readonly slots: Readonly<Record<Slot, Place>>;
  readonly theirs: string;
}

/** What an adapter does wrong. A correct one has none. */
export interface EnvironmentFlaws {
  /** The order of the questions before a change. */
  readonly confirm?: 'never' | 'not-awaited' | 'ignored';
  readonly fence?: 'no-epoch' | 'no-sequence' | 'never-stored';
  /** Changes the place that is about to be stored. */
  store?(next: Place, target: EnvironmentTarget, before: Place): Place;
  /** Changes everything that is about to be stored. */
  storeAll?(next: Places, target: EnvironmentTarget): Places;
  /** Changes what is read. */
  read?(seen: EnvironmentObservation, place: Place): EnvironmentObservation;
  /** Changes the adapter itself. */
  adapter?(good: EnvironmentAdapter, provider: MemoryProvider<Places>, clock: Clock): Partial<EnvironmentAdapter>;
}

const bootMs = 300;
const never = Number.POSITIVE_INFINITY;

const fail = failures({
  'memory/older-owner': { message: 'A newer owner wrote here.', hint: 'Leave it.', reaction: 'fenced' },
  'memory/sequence-passed': { message: 'A newer write is stored.', hint: 'Read again.', reaction: 'recompute' },
  'memory/changed': { message: 'Changed since it was read.', hint: 'Read again.', reaction: 'recompute' },
  'memory/given-up': { message: 'Given up before anything was sent.', hint: 'Nothing.', reaction: 'retry' },
});

const emptyPlace: Place = {
  version: null,
  releaseId: null,
  desired: 0,
  readyAt: never,
  autoscaling: 'free',
  workers: 'idle',
  fence: null,
  volumes: [],
};

/** An environment in memory: correct, but for its flaws. */
export function memoryEnvironment(
  provider: MemoryProvider<Places>,
  clock: Clock,
  flaws: EnvironmentFlaws = {},
): EnvironmentAdapter {
  const good: EnvironmentAdapter = {
    contractVersion: 1,
    name: 'memory-environment',
    resource: 'memory-environment:web',
    capabilities: environmentCapabilities({
      fencing: 'enforced',
      autoscaling: true,
      workers: true,
      capacity: true,
      lateWriteMs: 2 * travelMs,
    }),
    preflight: async () => [],
    async observe(slot, { signal }) {
      if (signal.aborted) throw fail('memory/given-up');
      const { value } = await provider.get(signal).catch((error) => {
        throw asFailure(error, false);
      });
      const seen = observationOf(value.slots[slot], clock.now());
      return flaws.read?.(seen, value.slots[slot]) ?? seen;
    },
    async converge(target, call) {
      if (call.signal.aborted) throw fail('memory/given-up');
      const { value, version } = await provider.get(call.signal).catch((error) => {
        throw asFailure(error, false);
      });
      const before = value.slots[target.slot];
      if (before.fence !== null) refuseOlder(before.fence, call.fence, flaws);
      if (isIrreversible(before, target)) await ask(call.confirm, flaws);
      if (call.signal.aborted) throw fail('memory/given-up');
      const next = placed(before, target, call.fence, clock.now(), flaws);
      const all: Places = { ...value, slots: { ...value.slots, [target.slot]: next } };
      const isTaken = await provider
        .put(() => flaws.storeAll?.(all, target) ?? all, version, call.signal)
        .catch((error) => {
          throw asFailure(error, true);
        });
      if (!isTaken) throw fail('memory/changed');
    },
    async dispose() {},
  };
  return { ...good, ...flaws.adapter?.(good, provider, clock) };
}

function observationOf(place: Place, now: number): EnvironmentObservation {
  const ready = now >= place.readyAt ? place.desired : 0;
  return {
    version: place.version,
    desired: place.desired,
    ready,
    autoscaling: place.autoscaling,
    workers: place.workers,
    ...(place.releaseId === null ? {} : { releaseId: place.releaseId }),
    ...(place.fence === null ? {} : { fence: place.fence }),
    ...(ready < place.desired ? { whyNotReady: `0 of ${place.desired} ready: starting` } : {}),
  };
}

function refuseOlder(stored: Fence, fence: Fence, flaws: EnvironmentFlaws): void {
  if (stored.epoch > fence.epoch && flaws.fence !== 'no-epoch') throw fail('memory/older-owner');
  const isBehind = stored.epoch === fence.epoch && compareFences(stored, fence) > 0;
  if (isBehind && flaws.fence !== 'no-sequence') throw fail('memory/sequence-passed');
}

function isIrreversible(before: Place, { release }: EnvironmentTarget): boolean {
  if (before.version === null || release === 'unchanged') return false;
  return release === null || release.id !== before.releaseId;
}

async function ask(confirm: () => Promise<void>, { confirm: flaw }: EnvironmentFlaws): Promise<void> {
  if (flaw === 'never') return;
  if (flaw === undefined) await confirm();
  else if (flaw === 'ignored') await confirm().catch(() => undefined);
  else confirm().catch(() => undefined);
}

function placed(before: Place, target: EnvironmentTarget, fence: Fence, now: number, flaws: EnvironmentFlaws): Place {
  const { release, atLeast, autoscaling, workers } = target;
  const stamped = { ...before, autoscaling, workers, fence: flaws.fence === 'never-stored' ? before.fence : fence };
  let next: Place = { ...stamped, desired: Math.max(before.desired, atLeast) };
  if (release === null) {
    next = { ...emptyPlace, fence: stamped.fence };
  } else if (release !== 'unchanged' && release.id !== before.releaseId) {
    const readyAt = release.version === 'broken' ? never : now + bootMs;
    const { id: releaseId, version } = release;
    next = { ...stamped, version, releaseId, desired: atLeast, readyAt, volumes: [`volume of ${releaseId}`] };
  }
  return flaws.store?.(next, target, before) ?? next;
}

/** Two empty slots in memory. */
export function memoryEnvironmentBench(flaws: EnvironmentFlaws = {}): EnvironmentBench {
  const clock = new SteppingClock();
  const provider = new MemoryProvider<Places>(clock, {
    slots: { blue: emptyPlace, green: emptyPlace },
    theirs: 'jobs of another team',
  });
  return {
    clock,
    secrets: [secret],
    readyMs: 3_000,
    versions: { good: ['v1', 'v2'], broken: 'broken' },
    open: () => memoryEnvironment(provider, clock, flaws),
    harness: {
      async loseReply() {
        provider.loses = true;
      },
      async hang() {
        const release = provider.hang();
        return async () => release();
      },
      async disconnect() {
        provider.isDown = true;
        return async () => {
          provider.isDown = false;
        };
      },
      neighbours: async () => provider.value.theirs,
      leftovers: async (slot) => provider.value.slots[slot].volumes,
    },
    async close() {
      clock.stop();
    },
  };
}
