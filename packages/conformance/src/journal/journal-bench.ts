import type { Journal } from '@bluegreen/contract';

/** One empty store under test, made for one rule. */
export interface JournalBench {
  /** The store as one more process sees it. */
  open(): Journal;
  /** The clock that leases expire by, and that `lastHeldAt` is counted in: milliseconds. */
  now(): number;
  /** Lets leases grow old. */
  advance(durationMs: number): void;
  close?(): Promise<void>;
}
