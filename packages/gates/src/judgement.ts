import type { Evidence, Verdict } from '@bluegreen/contract';

/** What a judge says, with its numbers. */
export interface Judgement {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
}

/** A question that can't be answered, and why. */
export function unasked(verdict: 'error' | 'inconclusive', reason: string, summary: string, limit: number): Judgement {
  return { verdict, evidence: { summary, reason, limit } };
}
