import type { Clock } from '@bluegreen/contract';

/** What can go wrong on the way to any provider. Each part that is missing leaves the rules that need it unshown. */
export interface ProviderHarness {
  /** From now on until the next write: the write takes effect, and its answer is lost on the way back. */
  loseReply?(): Promise<void>;
  /** The provider takes requests and answers none, until the returned function is called. */
  hang?(): Promise<() => Promise<void>>;
  /** The provider can't be reached, until the returned function is called. */
  disconnect?(): Promise<() => Promise<void>>;
}

/** What the author of any adapter brings: something of its own to act on for each rule. */
export interface AdapterBench<Adapter, Harness> {
  /** The adapter as one more process would make it: each call is another client of the same provider objects. */
  open(): Adapter;
  readonly harness?: Harness;
  /** What the adapter is told that must never come out of it: tokens, passwords. None: an empty list. */
  readonly secrets: readonly string[];
  /** The clock that the adapter lives by: the system's unless told. */
  readonly clock?: Clock;
  /** Longest from an abort to the end of the call: 1 s unless told. */
  readonly abortMs?: number;
  close?(): Promise<void>;
}
