import type { SlotCounts } from './ratio-test.js';

/** Cells that wait for a request of the other slot. */
export interface PendingCell {
  readonly counts: SlotCounts;
  readonly durationMs: number;
}

/** Longer than this nobody waits for the other slot. */
const longestPendingMs = 300_000;

/**
 * The two slots are not scraped at one instant, and at little traffic one of them has no request for a while. A cell with
 * requests of one slot alone says nothing, so such cells become one with the next.
 */
export function mergeCells(pending: PendingCell | null, counts: SlotCounts, durationMs: number): PendingCell {
  if (pending === null) return { counts, durationMs };
  const before = pending.counts;
  return {
    counts: {
      controlRequests: before.controlRequests + counts.controlRequests,
      controlBad: before.controlBad + counts.controlBad,
      candidateRequests: before.candidateRequests + counts.candidateRequests,
      candidateBad: before.candidateBad + counts.candidateBad,
    },
    durationMs: pending.durationMs + durationMs,
  };
}

/** Whether it has to wait for requests of the other slot. */
export function isOneSided({ counts, durationMs }: PendingCell): boolean {
  return durationMs < longestPendingMs && (counts.controlRequests === 0 || counts.candidateRequests === 0);
}
