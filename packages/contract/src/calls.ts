import type { Fence } from './fence.js';

/** What every call gets: when `signal` aborts, the caller no longer waits; return soon, even if the outcome is unknown. */
export interface ReadCall {
  readonly signal: AbortSignal;
  /**
   * True: an adapter that hears of changes by itself (a watch) may answer from what it heard. Absent: something that
   * cannot be undone may depend on the answer, so the provider is asked.
   */
  readonly mayLag?: boolean;
}

/** What every write gets besides. */
export interface WriteCall extends ReadCall {
  /** The same key means the same write: doing it twice must be a no-op. */
  readonly idempotencyKey: string;
  /** Store it with the value; refuse (`fenced`) where a higher epoch is stored already. */
  readonly fence: Fence;
}

/** What `converge` gets. */
export interface ConvergeCall extends WriteCall {
  /**
   * Reads routing and ownership again. Await it before each irreversible request (delete, scale down, deploy over);
   * it rejects when the slot is reachable after all or when a newer owner exists.
   */
  confirm(): Promise<void>;
}
