import type { VersionEffect } from './models/effects.js';

/** How instances of one version behave. Every field has a default; all of it is known to the world alone. */
export interface VersionBehaviour {
  /** Share of requests that fail, 0 to 1. */
  readonly errorRate?: number;
  /** From so long after the first user request on, another share fails. */
  readonly onset?: { readonly afterMs: number; readonly errorRate: number };
  /** How long an instance takes from its start to ready: lognormal; and the share of starts that fail. */
  readonly boot?: { readonly medianMs?: number; readonly sigma?: number; readonly failureRate?: number };
  readonly neverReady?: boolean;
  /** Readiness that comes and goes, with memoryless durations. */
  readonly flaps?: { readonly meanUpMs: number; readonly meanDownMs: number };
  /** Every instance dies so long after it got ready, and starts again. */
  readonly crashAfterMs?: number;
  /** What checks against this version say. */
  readonly checks?: 'pass' | 'fail';
  /** Mean size of the clusters in which its errors come: 1. */
  readonly clusterSize?: number;
  /** Everything else that is particular about it. */
  readonly effects?: readonly VersionEffect[];
}

export interface Behaviour {
  readonly errorRate: number;
  readonly onset: { readonly afterMs: number; readonly errorRate: number } | null;
  readonly boot: { readonly medianMs: number; readonly sigma: number; readonly failureRate: number };
  readonly neverReady: boolean;
  readonly flaps: { readonly meanUpMs: number; readonly meanDownMs: number } | null;
  readonly crashAfterMs: number | null;
  readonly checks: 'pass' | 'fail';
  readonly clusterSize: number;
  readonly effects: readonly VersionEffect[];
}

/** Fills in what is not given: no errors, ready after about 45 seconds. */
export function behaviourOf(given: VersionBehaviour = {}): Behaviour {
  return {
    errorRate: given.errorRate ?? 0,
    onset: given.onset ?? null,
    boot: {
      medianMs: given.boot?.medianMs ?? 45_000,
      sigma: given.boot?.sigma ?? 0.4,
      failureRate: given.boot?.failureRate ?? 0,
    },
    neverReady: given.neverReady ?? false,
    flaps: given.flaps ?? null,
    crashAfterMs: given.crashAfterMs ?? null,
    checks: given.checks ?? 'pass',
    clusterSize: given.clusterSize ?? 1,
    effects: given.effects ?? [],
  };
}

/** A good version; `rate` of its requests fail even so. */
export function healthy(rate = 0): VersionBehaviour {
  return { errorRate: rate };
}

/** A version that fails `rate` of its requests, at once or `afterMs` after the first user request. */
export function errors(bad: {
  readonly rate: number;
  readonly afterMs?: number;
  readonly before?: number;
}): VersionBehaviour {
  if (bad.afterMs === undefined) return { errorRate: bad.rate };
  return { errorRate: bad.before ?? 0, onset: { afterMs: bad.afterMs, errorRate: bad.rate } };
}

/** A version that boots for ever. */
export function neverReady(): VersionBehaviour {
  return { neverReady: true };
}

/** A version whose instances lose and regain readiness. */
export function flapping(meanUpMs = 120_000, meanDownMs = 15_000): VersionBehaviour {
  return { flaps: { meanUpMs, meanDownMs } };
}

/** A version whose instances die again and again, `afterMs` after each start. */
export function crashing(afterMs: number): VersionBehaviour {
  return { crashAfterMs: afterMs };
}
