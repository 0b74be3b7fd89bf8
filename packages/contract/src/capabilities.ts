import type { EnvironmentCapabilities } from './environment.js';
import type { TrafficCapabilities } from './traffic.js';

/** Capabilities with the cautious value for everything that is not given. */
export function trafficCapabilities(given: Partial<TrafficCapabilities>): TrafficCapabilities {
  return {
    weightStepPercent: 100,
    weightErrorPercent: 0,
    splitUnit: 'connection',
    fencing: 'none',
    remembers: [],
    propagationMs: 0,
    lateWriteMs: 30_000,
    audiences: [],
    cohorts: ['per-request'],
    mirror: false,
    preview: false,
    ...given,
  };
}

/** Capabilities with the cautious value for everything that is not given. */
export function environmentCapabilities(given: Partial<EnvironmentCapabilities>): EnvironmentCapabilities {
  return { fencing: 'none', autoscaling: false, workers: false, capacity: false, lateWriteMs: 30_000, ...given };
}
