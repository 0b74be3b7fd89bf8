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
  /** What both slots call: 1 call per request unless a version says otherwise. */
  readonly dependencies?: Readonly<Record<string, DependencyOptions>>;
  /** Troubles of everybody that no version is to blame for. */
  readonly incidents?: IncidentOptions;
}

export interface DependencyOptions {
  /** How much of it is used when every user's request makes one call: 0.4. */
  readonly utilisation?: number;
  /** What part of a request's time is spent in it: 0.5. */
  readonly latencyShare?: number;
}

export interface IncidentOptions {
  /** Mean time from one to the next; left out: only those of `at`. */
  readonly everyMs?: number;
  /** Mean duration: 20 minutes. */
  readonly meanMs?: number;
  /** Share of requests that fail meanwhile: 0.2. */
  readonly errorRate?: number;
  /** 2. */
  readonly slowdown?: number;
  /** Since the world began. */
  readonly at?: readonly { readonly afterMs: number; readonly forMs: number }[];
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
  /** Each minute's rate is multiplied by a gamma number with mean 1 and this shape; 20 is lively. Left out: steady. */
  readonly burstShape?: number;
  /** The rate is multiplied for a while, since the world began. */
  readonly surges?: readonly { readonly afterMs: number; readonly forMs: number; readonly factor: number }[];
  readonly people?: PeopleOptions;
  /** Percent of requests to each endpoint: 5 for one that is not named. */
  readonly endpointPercent?: Readonly<Record<string, number>>;
  /** A request that takes longer counts as slow: 1 second. */
  readonly slowMs?: number;
}

/** Who the users are. */
export interface PeopleOptions {
  /** 100,000. */
  readonly users?: number;
  /** Who is not in one of them is of `everybody else`. */
  readonly groups?: Readonly<Record<string, UserGroup>>;
}

/** People who are alike, by what a router can see of them. */
export interface UserGroup {
  /** Of all users. */
  readonly percent: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly cookies?: Readonly<Record<string, string>>;
  /** Where they come from, as one address. */
  readonly address?: string;
  readonly country?: string;
}

/**
 * Who stays where they were after a change: bound sessions leave after an exponential time with mean `sessionMs`, and at
 * once when their slot is empty; resolvers leave evenly within `ttlMs`, and `ignoringShare` (0.05) of them within ten of it.
 */
export type LingeringOptions =
  | { readonly sessionMs: number; readonly ttlMs?: never; readonly ignoringShare?: never }
  | { readonly ttlMs: number; readonly ignoringShare?: number; readonly sessionMs?: never };

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
  /** How long a dead instance still gets requests, which fail: 0. With probes, their interval times the failures. */
  readonly deregistrationMs?: number;
  /** Who stays where they were for a while. Left out: nobody. */
  readonly lingering?: LingeringOptions;
  /** Chance that one router of the fleet misses a write, and keeps the old one until the next: 0. */
  readonly missShare?: number;
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
  /** On top of it, a gamma time with this mean and shape 2, for each scrape: 0. */
  readonly lagJitterMs?: number;
  /** Share of time without samples, in gaps with this mean: 0, and 5 minutes. */
  readonly gapShare?: number;
  readonly gapMeanMs?: number;
  /** Spread of the logarithm of a factor on every increase: 0. */
  readonly noise?: number;
  /** A series of errors begins only with the first error: false. */
  readonly startsWithFirst?: boolean;
  /** Edges of the latency histogram in milliseconds; `Infinity` is added. */
  readonly edgesMs?: readonly number[];
  /** How long samples are kept: 24 hours. */
  readonly retentionMs?: number;
  /** Of every read: 50. */
  readonly latencyMs?: number;
}
