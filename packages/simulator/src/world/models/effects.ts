/**
 * One thing that is particular about a version, as plain data. Effects add up: error rates as independent causes,
 * slowdowns as factors. Everything is evaluated for the middle of each stretch between two changes or samples.
 * Formulas and defaults: docs/reference/scenarios.md.
 */
export type VersionEffect =
  | ColdStart
  | ColdCache
  | Slower
  | SlowTail
  | LimitedCapacity
  | Leak
  | Bug
  | DailyWindow
  | DependencyCalls
  | BadMigration
  | Custom;

/** Latency × (1 + slowdown · e^(−up / settleMs)); the same share of `errorRate` fails. */
export interface ColdStart {
  readonly effect: 'cold-start';
  readonly slowdown: number;
  readonly settleMs: number;
  readonly errorRate: number;
}

/** A share of requests, from 1 down to `missShare` by e^(−served / requests), takes `originMs` more and loads the dependency. */
export interface ColdCache {
  readonly effect: 'cold-cache';
  readonly requests: number;
  readonly missShare: number;
  readonly originMs: number;
  readonly dependency: string | null;
}

export interface Slower {
  readonly effect: 'slower';
  readonly factor: number;
}

/** `share` of the requests takes `addedMs` more. */
export interface SlowTail {
  readonly effect: 'slow-tail';
  readonly share: number;
  readonly addedMs: number;
}

/** So many servers that all users together use this share of them; beyond 1 a queue grows until requests time out. */
export interface LimitedCapacity {
  readonly effect: 'limited-capacity';
  readonly utilisation: number;
  readonly timeoutMs: number;
  /** Share of failed requests that users send again, twice at most. */
  readonly retried: number;
}

/** Memory that is full after `fullAfterMs` with all users on it; the instance then dies and starts again. */
export interface Leak {
  readonly effect: 'leak';
  readonly fullAfterMs: number;
}

/** `errorRate` of the requests of some fail: a group of people, a share of all, or an endpoint. */
export interface Bug {
  readonly effect: 'bug';
  readonly errorRate: number;
  readonly group: string | null;
  readonly endpoint: string | null;
  /** Share of users, 0 to 1; used where neither group nor endpoint is named. */
  readonly share: number;
}

/** Fails within a stretch of every day, UTC. */
export interface DailyWindow {
  readonly effect: 'daily-window';
  /** Milliseconds since midnight; a window may go over midnight. */
  readonly fromMs: number;
  readonly toMs: number;
  readonly errorRate: number;
}

/** Calls of a shared dependency per request; the other versions make one. */
export interface DependencyCalls {
  readonly effect: 'dependency-calls';
  readonly dependency: string;
  readonly perRequest: number;
}

/** Changes what both slots share: from its deployment or its first user on, requests of both fail. */
export interface BadMigration {
  readonly effect: 'bad-migration';
  readonly from: 'deploy' | 'first-user';
  readonly errorRate: number;
  /** After the way back, how long a restore takes; `null`: there is none. */
  readonly restoreMs: number | null;
}

/** What one instance meets during a short stretch of time. */
export interface Conditions {
  /** Middle of the stretch, in milliseconds since the epoch. */
  readonly at: number;
  readonly version: string;
  /** Since the instance got ready. */
  readonly upMs: number;
  /** Requests that this process served so far, as expected. */
  readonly served: number;
  /** Since users could reach this version for the first time. */
  readonly sinceUserMs: number;
  /** Requests that come to this instance, per second. */
  readonly requestsPerSecond: number;
  /** Instances that serve beside it, itself included. */
  readonly instances: number;
  /** Share of all users' requests that come to this version, 0 to 1. */
  readonly share: number;
  /** What share of the requests to this version comes from a group of people, 0 to 1. */
  groupShare(name: string): number;
}

/** How an instance answers. */
export interface Answering {
  readonly errorRate: number;
  readonly medianMs: number;
  readonly sigma: number;
  readonly tailShare: number;
  readonly tailMs: number;
}

/** A behaviour of your own: a pure function of what the instance meets and how it would answer without it. */
export interface Custom {
  readonly effect: 'custom';
  readonly name: string;
  respond(conditions: Conditions, usual: Answering): Partial<Answering>;
}
