import type { Clock, EnvironmentCapabilities, Slot, TrafficCapabilities } from '@bluegreen/contract';
import type { PlannedFault } from '../faults/fault-plan.js';
import type { VersionBehaviour } from './behaviour.js';

export interface WorldOptions {
  readonly clock: Clock;
  /** The same seed gives the same world, whoever drives it. */
  readonly seed: number;
  readonly services: Readonly<Record<string, ServiceOptions>>;
  readonly metrics?: MetricsOptions;
  readonly faults?: readonly PlannedFault[];
}

export interface ServiceOptions {
  readonly traffic?: TrafficOptions;
  /** By version; a version that is not named is healthy. */
  readonly versions?: Readonly<Record<string, VersionBehaviour>>;
  /** What is there when the world begins: `empty` is the first deploy, unrouted and with nothing in either slot. */
  readonly start?: 'empty' | StartOptions;
  readonly router?: RouterOptions;
  readonly environment?: EnvironmentOptions;
}

export interface StartOptions {
  readonly active: Slot;
  readonly version: string;
  /** A version that was kept warm in the other slot. */
  readonly standby?: string;
  /** Ready instances per filled slot: 3. */
  readonly instances?: number;
}

/** What users do. The cost of a run does not depend on these numbers. */
export interface TrafficOptions {
  /** 100. */
  readonly requestsPerSecond?: number;
  /** Day and night: the rate swings by this share of itself over 24 hours, 0 to 1. It is 0. */
  readonly dailySwing?: number;
  /** Percent of requests that come from each audience: 0.1 for one that is not named. */
  readonly audiencePercent?: Readonly<Record<string, number>>;
  /** Requests last evenly between 0 and this: 1 second. A slot without new requests is drained after it. */
  readonly longestRequestMs?: number;
}

export interface RouterOptions {
  readonly resource?: string;
  /** What it can do, and does: by default everything, fenced, at once and exactly. */
  readonly capabilities?: Partial<TrafficCapabilities>;
  /** What a read proves: `accepted`. Only a router that has everything in place answers `proven`. */
  readonly proof?: 'accepted' | 'sampled' | 'proven';
  /**
   * What a restarted router serves: the routing as it is (`durable`), only the target's `fallback` slot, or what it
   * served when the world began. It is `durable`.
   */
  readonly afterRestart?: 'durable' | 'fallback' | 'initial';
  /** What it knows about open requests: `counted`. */
  readonly drain?: 'counted' | 'bounded' | 'absent';
  /** Whether it reports health: false. */
  readonly reportsHealth?: boolean;
  /** How long a ready instance is unknown to it: 0. */
  readonly registrationMs?: number;
  /** Routers of the fleet; the first uses a write at once, the last after `propagationMs`. 1, or 2 with propagation. */
  readonly routers?: number;
  /** Of every call: 50. */
  readonly latencyMs?: number;
}

export interface EnvironmentOptions {
  readonly resource?: string;
  /** By default everything, fenced, and no late writes. */
  readonly capabilities?: Partial<EnvironmentCapabilities>;
  /** Instances of an environment without `capacity`: 3. */
  readonly instances?: number;
  /** Whether it reports open requests: false. */
  readonly reportsDrain?: boolean;
  /** Of every call: 50. */
  readonly latencyMs?: number;
}

export interface MetricsOptions {
  /** Between two samples: 15 seconds. */
  readonly scrapeMs?: number;
  /** From the sample to the moment when it can be read: 0. */
  readonly lagMs?: number;
  /** How long samples are kept: 24 hours. */
  readonly retentionMs?: number;
  /** Of every read: 50. */
  readonly latencyMs?: number;
}
