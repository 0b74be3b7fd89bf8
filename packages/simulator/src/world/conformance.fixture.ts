import type { TrafficBench } from '@bluegreen/conformance';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.js';
import { createWorld } from './create-world.js';
import type { RouterOptions } from './world-options.js';

/** A simulated router as the conformance suite wants one. */
export function simulatedTrafficBench(router: RouterOptions = {}): TrafficBench {
  const clock = createVirtualClock({ startMs: 0 });
  const world = createWorld({
    clock,
    seed: 7,
    services: { checkout: { router, start: { active: 'blue', version: 'v1', standby: 'v2' } } },
  });
  const stop = keepRunning(clock);
  return {
    clock,
    secrets: [],
    open: () => world.traffic('checkout'),
    async close() {
      stop();
    },
  };
}

/** Lets the next timer fire whenever everything else has come to rest. */
function keepRunning(clock: VirtualClock): () => void {
  let stopped = false;
  const turn = () => {
    if (stopped) return;
    const before = clock.eventCount;
    if (clock.pendingCount > 0) clock.runUntil(() => clock.eventCount > before);
    setImmediate(turn);
  };
  setImmediate(turn);
  return () => {
    stopped = true;
  };
}

const planned = 'faults of the world are planned before it begins';

export const withoutHarness = Object.fromEntries(
  [
    'edit-found',
    'edit-kept',
    'edit-overridden',
    'place-removed',
    'neighbours-kept',
    'neighbours-free',
    'hung-read',
    'hung-write',
    'lost-reply',
    'outage',
    'proof-honest',
    'share-served',
    'sticky-served',
    'audiences-served',
    'after-restart',
  ].map((rule) => [`traffic-${rule}`, planned]),
);
