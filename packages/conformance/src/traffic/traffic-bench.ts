import type { AudienceKind, AudienceMatch, Slot, TrafficAdapter } from '@bluegreen/contract';
import type { AdapterBench, ProviderHarness } from '../adapter-bench.js';

/** One request of somebody who is known. */
export interface ProbeRequest {
  /** Who asks: put it where the router looks for the user (cookie, header, address). */
  readonly user: string;
  /** An audience that this user belongs to. */
  readonly match?: AudienceMatch;
}

/**
 * What only the author of an adapter can do: things that happen on the other side. Each part that is missing leaves
 * the rules that need it unshown, and they say so.
 */
export interface TrafficHarness extends ProviderHarness {
  /** Changes the weights past the adapter, as an operator at the console would. The stamp stays as it is. */
  editBehind?(): Promise<void>;
  /** Removes the place that the adapter writes to: the rule, the key, the state directory. */
  removeBehind?(): Promise<void>;
  /** Everything beside our own fields in the same provider object, as text: other rules, keys, files. */
  neighbours?(): Promise<string>;
  /** Changes something that `neighbours` shows, as somebody else would. */
  editNeighbour?(): Promise<void>;
  /** Restarts the router; resolves when it serves again. */
  restartRouter?(): Promise<void>;
  /**
   * Sends one request through the router, on a connection of its own and as a user who was never there before. Answers
   * who served it; `null`: nobody.
   */
  serve?(): Promise<Slot | null>;
  /** The same as a user who comes back, and who may belong to an audience. */
  serveUser?(request: ProbeRequest): Promise<Slot | null>;
}

/** One router under test, made for one rule: nothing in it comes from another rule. */
export interface TrafficBench extends AdapterBench<TrafficAdapter, TrafficHarness> {
  /** Longest from an accepted write to the read that shows it: 5 s unless told. */
  readonly settleMs?: number;
  /** Audiences that this set-up knows, by kind, where any others would be refused. */
  readonly audiences?: Readonly<
    Partial<Record<AudienceKind, { readonly name: string; readonly match: AudienceMatch }>>
  >;
  /** Requests through the router for a share: 400 unless told. Fewer where one request is slow. */
  readonly requests?: number;
}
