import type { Slot } from '@bluegreen/contract';

/** Everything an orchestrator asks of the world. */
export type Operation = 'route' | 'observe-routing' | 'converge' | 'observe-environment' | 'metrics' | 'check';

/** The n-th call of an operation, counted from 1 since the world began. */
export interface AtCall {
  readonly operation: Operation;
  /** Counts the calls of this service only. */
  readonly service?: string;
  /** Counts the calls about this slot only. */
  readonly slot?: Slot;
  readonly call: number;
  /** The fault lasts for this many calls: 1; for `flapping` 4, and 8 where both slots are read. */
  readonly times?: number;
}

/** Milliseconds since the world began. */
export interface AtTime {
  readonly time: number;
}

/**
 * When a write takes effect that its caller heard nothing good of: never, so long after the caller gave up, or right
 * after the next write to the same place, the worst moment there is. Never later than `lateWriteMs`.
 */
export type Landing = 'never' | 'after-next-write' | { readonly afterMs: number };

/** A part of a routing that a provider can drop. */
export type RoutingPart = 'audiences' | 'preview' | 'mirror' | 'fallback' | 'stamp';

/** A slot by its name or by its role: `candidate` is the slot that was deployed to last. */
export type SlotRole = Slot | 'active' | 'candidate';

/** What goes wrong with one call. The ids are those of the fault catalogue. */
export type CallFault =
  /** F3, F26: the call never arrives. */
  | { readonly fault: 'unreachable' }
  /** F1, F9: the answer is lost; the write lands at once, or as `lands` says. */
  | { readonly fault: 'reply-lost'; readonly lands?: Landing }
  /** F2: a good answer, and nothing happens. */
  | { readonly fault: 'effect-lost' }
  /** F4: a good answer, and the effect comes later. */
  | { readonly fault: 'effect-delayed'; readonly byMs: number }
  /** F5: a good answer, and one part is missing; without `part`: half of the instances. */
  | { readonly fault: 'partial'; readonly part?: RoutingPart }
  /** F6: the request is delivered twice. */
  | { readonly fault: 'duplicate' }
  /** F7: what was true before the last write. */
  | { readonly fault: 'stale' }
  /** F8: each place is read as old, new, old again. */
  | { readonly fault: 'flapping' }
  /** F15, F9: no answer ever. Aborted, the write is lost, or lands as `lands` says. */
  | { readonly fault: 'hang'; readonly lands?: Landing }
  /** F16: the answer takes that much longer. */
  | { readonly fault: 'slow'; readonly byMs: number }
  /** F10. */
  | { readonly fault: 'conflict' }
  /** F11. */
  | { readonly fault: 'not-found' }
  /** F12: with the delay that the provider asks for, 5 seconds unless told. */
  | { readonly fault: 'throttled'; readonly retryAfterMs?: number }
  /** F13. */
  | { readonly fault: 'denied' }
  /** F14. */
  | { readonly fault: 'invalid' }
  /** F35. */
  | { readonly fault: 'out-of-space' }
  /** F27: no series at all. */
  | { readonly fault: 'metrics-empty' }
  /** F27: every value is NaN. */
  | { readonly fault: 'metrics-not-a-number' }
  /** F27: nothing newer than `byMs` (5 minutes) ago. */
  | { readonly fault: 'metrics-stale'; readonly byMs?: number }
  /** F27: every other series is missing. */
  | { readonly fault: 'metrics-partial' }
  /** F27: the counters begin at 0 again half-way through the window. */
  | { readonly fault: 'metrics-reset' }
  /** F28: both slots show the series of both. */
  | { readonly fault: 'metrics-mixed' }
  /** The candidate fails the check that it would have passed. */
  | { readonly fault: 'check-fails' };

/** What goes wrong with the world, at an instant or just before a call. */
export type WorldFault =
  /** F17, F26: every call fails, or those of `operations`. */
  | { readonly fault: 'outage'; readonly forMs: number; readonly operations?: readonly Operation[] }
  /** F18: somebody else sets the weights: all to the active slot unless told. The stamp stays unless told. */
  | {
      readonly fault: 'foreign-edit';
      readonly to?: { readonly slot: SlotRole; readonly percent: number };
      readonly stamp?: 'kept' | 'removed';
    }
  /** F19: the routing object is gone; every request goes to `serves`, or fails. */
  | { readonly fault: 'routing-vanishes'; readonly serves?: SlotRole }
  /** F20: an autoscaler that is not frozen sets the number of instances. */
  | { readonly fault: 'autoscaler-interferes'; readonly slot: SlotRole; readonly instances: number }
  /** F29: every instance of the candidate dies, for good unless `forMs` says how long. */
  | { readonly fault: 'candidate-dies'; readonly forMs?: number }
  /** F30. */
  | { readonly fault: 'active-dies'; readonly forMs?: number }
  /** F33: one router of the fleet takes no changes for a while. */
  | { readonly fault: 'router-silent'; readonly router?: number; readonly forMs: number }
  /** F34: the router restarts, and serves what `afterRestart` says. */
  | { readonly fault: 'router-restarts' };

/**
 * One fault of a plan: plain data, so that a failing run can be printed and played again.
 * A fault of the world concerns `at.service`, or every service; `delayMs` moves it on.
 */
export type PlannedFault =
  | ({ readonly at: AtCall } & CallFault)
  | ({ readonly at: AtCall | (AtTime & { readonly service?: string }); readonly delayMs?: number } & WorldFault);
