import type { Clock, EnvironmentAdapter, Slot } from '@bluegreen/contract';

/**
 * What only the author of an adapter can do: things that happen on the other side. Each part that is missing leaves
 * the rules that need it unshown, and they say so.
 */
export interface EnvironmentHarness {
  /** From now on until the next write: the write takes effect, and its answer is lost on the way back. */
  loseReply?(): Promise<void>;
  /** The provider takes requests and answers none, until the returned function is called. */
  hang?(): Promise<() => Promise<void>>;
  /** The provider can't be reached, until the returned function is called. */
  disconnect?(): Promise<() => Promise<void>>;
  /** Everything beside our own objects at the provider, as text. */
  neighbours?(): Promise<string>;
  /** Names of what still exists for a slot: processes, objects, files that a retire has to remove. */
  leftovers?(slot: Slot): Promise<readonly string[]>;
}

/** Two empty slots under test, made for one rule. */
export interface EnvironmentBench {
  /** The adapter as one more process would make it: each call is another client of the same provider objects. */
  open(): EnvironmentAdapter;
  /** Versions that it can run: two that get ready and, where there is one, one that never does. */
  readonly versions: { readonly good: readonly [string, string]; readonly broken?: string };
  readonly harness?: EnvironmentHarness;
  /** What the adapter is told that must never come out of it: tokens, passwords. None: an empty list. */
  readonly secrets: readonly string[];
  /** The clock that the adapter lives by: the system's unless told. */
  readonly clock?: Clock;
  /** Longest from an accepted deployment to ready, and from an accepted retire to empty: 30 s unless told. */
  readonly readyMs?: number;
  /** Longest from an abort to the end of the call: 1 s unless told. */
  readonly abortMs?: number;
  /** Ready instances that are asked for: 2 unless told. */
  readonly instances?: number;
  close?(): Promise<void>;
}
