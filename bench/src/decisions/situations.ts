/** One cell of the table: traffic, a version, and whether its errors come alone. */
export interface Situation {
  readonly traffic: number;
  readonly candidate: 'good' | 'double' | 'fivefold' | 'bad';
  /** Mean number of errors that come together; 1: alone. */
  readonly cluster: number;
}

/** Share of failed requests; the active slot has that of `good`. */
export const rates = { good: 0.003, double: 0.006, fivefold: 0.015, bad: 0.05 } as const;

export const minutes = 60;
export const weight = 0.1;
export const looksPerMinute = 4;

export const situations: readonly Situation[] = [1, 10, 100, 1_000].flatMap((traffic) => [
  ...(['good', 'double', 'fivefold', 'bad'] as const).map((candidate) => ({ traffic, candidate, cluster: 1 })),
  { traffic, candidate: 'good', cluster: 5 } as const,
]);

/** Requests and errors of both slots in one interval. */
export interface Counts {
  readonly controlRequests: number;
  readonly controlBad: number;
  readonly candidateRequests: number;
  readonly candidateBad: number;
}

/** How one judge ended one run. */
export interface Ending {
  readonly decision: 'rolled-back' | 'shipped' | 'undecided';
  /** Minutes until the decision; to the end where there was none. */
  readonly afterMinutes: number;
  /** Failed requests above those of the active version, to the end of the hour. */
  readonly excess: number;
}

/**
 * What a decision costs: a shipped version has all users until the hour is over, a version that was rolled back none, and
 * one that nobody decided about keeps its share.
 */
export function endingOf(
  { traffic, candidate }: Situation,
  decision: Ending['decision'],
  afterMinutes: number,
  excessSoFar: number,
): Ending {
  const perMinute = (rates[candidate] - rates.good) * traffic * 60;
  const rest = decision === 'shipped' ? perMinute * (minutes - afterMinutes) : 0;
  return { decision, afterMinutes, excess: excessSoFar + rest };
}

/** Excess failures per minute at a share of the traffic. */
export function excessPerMinute({ traffic, candidate }: Situation, share: number): number {
  return (rates[candidate] - rates.good) * traffic * 60 * share;
}
