import type { ReadCall, WriteCall } from './calls.js';
import type { Fence } from './fence.js';
import type { Finding } from './finding.js';
import type { Slot } from './slot.js';
import type { Weights } from './weights.js';

/** How an audience is recognised. The ways are named so that an adapter can declare which ones it has. */
export type AudienceMatch =
  | { readonly header: string; readonly equals: string }
  | { readonly cookie: string; readonly equals: string }
  | { readonly sourceRanges: readonly string[] };

export type AudienceKind = 'header' | 'cookie' | 'source-range';

export interface Audience {
  readonly name: string;
  readonly match: AudienceMatch;
  readonly slot: Slot;
}

/** Which users a percent means. `redrawn` takes other people every release, drawn from `salt`. */
export type Cohort =
  | { readonly kind: 'per-request' }
  | { readonly kind: 'bound' }
  | { readonly kind: 'sticky' }
  | { readonly kind: 'redrawn'; readonly salt: string };

export type CohortKind = Cohort['kind'];

/** Everything about the routing of one service that a release decides. Always written and compared as a whole. */
export interface TrafficTarget {
  readonly weights: Weights;
  /** Whose cohort grows; without it `sticky` would move the opposite people next release. */
  readonly candidate: Slot | null;
  /** Who serves when the router has lost its switch state. */
  readonly fallback: Slot | null;
  /** The slot that the preview address reaches. */
  readonly preview: Slot | null;
  readonly audiences: readonly Audience[];
  readonly cohort: Cohort;
  readonly mirror: { readonly slot: Slot; readonly percent: number } | null;
}

/**
 * What the router is told to do. `unrouted`: our place in it is empty. `foreign`: our place is missing, or holds
 * something that this adapter did not write.
 */
export type Routing =
  | { readonly kind: 'split'; readonly target: TrafficTarget }
  | { readonly kind: 'unrouted' }
  | { readonly kind: 'foreign'; readonly summary: string };

/** What still runs through a slot that gets no new requests. */
export type Drain =
  | { readonly kind: 'counted'; readonly open: number }
  /** Everything in the slot is over this long after this read, unless new requests reach it. */
  | { readonly kind: 'bounded'; readonly atMostMs: number };

/** One read of the router. An absent field has the cautious reading given with it. */
export interface TrafficObservation {
  /** As commanded numbers, not as measured shares. */
  readonly routing: Routing;
  /** Fingerprint of the fields that this adapter owns, stamp included, and of nothing else. */
  readonly revision: string;
  /** Last writer. Absent: the provider can't hold one. */
  readonly fence?: Fence;
  /** Absent: `accepted`, the control plane said yes and routers may lag. */
  readonly proof?: 'accepted' | 'sampled' | 'proven';
  /** What a restarted router would serve. Absent: the same as `routing`. */
  readonly afterRestart?: Routing;
  /** Instances as the router sees them. Absent: it doesn't know. */
  readonly health?: Readonly<Record<Slot, { readonly healthy: number; readonly total: number }>>;
  /** Absent: unknown. */
  readonly drain?: Readonly<Record<Slot, Drain>>;
}

export interface TrafficCapabilities {
  /** 0.1, 1 or 100. */
  readonly weightStepPercent: number;
  /** How far the real split may lie from the commanded one. */
  readonly weightErrorPercent: number;
  readonly splitUnit: 'request' | 'connection';
  /** `enforced`: stamp and value in one conditional write. `checked`: read, then write. `none`: nowhere to put a stamp. */
  readonly fencing: 'enforced' | 'checked' | 'none';
  /** What a read gives back; the rest is dropped from every target by `normaliseTarget`. */
  readonly remembers: readonly ('candidate' | 'fallback')[];
  /** From the first read that shows a write to the moment when every router uses it. */
  readonly propagationMs: number;
  /** How long after an aborted call its write may still land. */
  readonly lateWriteMs: number;
  readonly audiences: readonly AudienceKind[];
  /** The first one is what a policy gets that names none. */
  readonly cohorts: readonly CohortKind[];
  readonly mirror: boolean;
  readonly preview: boolean;
}

/** What a policy asks of a router, for `preflight`. */
export interface TrafficNeeds {
  readonly audiences: readonly { readonly name: string; readonly match: AudienceMatch }[];
  readonly cohort: CohortKind;
  readonly preview: boolean;
  readonly mirror: boolean;
  /** Every percent that the candidate will get. */
  readonly percents: readonly number[];
}

/** One router. Two halves, one read and one convergent write; see the guide on writing an adapter. */
export interface TrafficAdapter {
  readonly contractVersion: 1;
  readonly name: string;
  /** Same text = same provider object: the key of its lease and of its write queue. */
  readonly resource: string;
  readonly capabilities: TrafficCapabilities;
  /** What this user's set-up, rights and versions really allow. Changes nothing. */
  preflight?(needs: TrafficNeeds, call: ReadCall): Promise<readonly Finding[]>;
  observe(call: ReadCall): Promise<TrafficObservation>;
  /**
   * Makes `target` the routing, all of it or nothing. Returns when accepted.
   * Refuses with reaction `recompute` when the adapter's own fields no longer have `expected.revision`, or when the
   * stored fence has the same epoch and a sequence that is not lower; with `fenced` when it has a higher epoch.
   */
  route(target: TrafficTarget, expected: { readonly revision: string }, call: WriteCall): Promise<void>;
  dispose?(): Promise<void>;
}
