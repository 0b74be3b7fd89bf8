/** Sums over intervals from which the dispersion follows; plain numbers, so that it goes on after a recovery. */
export interface DispersionSums {
  readonly intervals: number;
  readonly requests: number;
  readonly bad: number;
  /** Σ bad² / requests. */
  readonly squares: number;
}

export const noDispersion: DispersionSums = { intervals: 0, requests: 0, bad: 0, squares: 0 };

/** Notes one interval of the control; one without requests says nothing. */
export function addToDispersion(sums: DispersionSums, requests: number, bad: number): DispersionSums {
  if (requests <= 0) return sums;
  return {
    intervals: sums.intervals + 1,
    requests: sums.requests + requests,
    bad: sums.bad + bad,
    squares: sums.squares + (bad * bad) / requests,
  };
}

/**
 * How much more the counts of bad requests vary than independent ones would: Pearson's statistic against the Poisson
 * variance, over its degrees of freedom. 1 when nothing can be said: no bad request, or fewer than two intervals.
 */
export function dispersionOf({ intervals, requests, bad, squares }: DispersionSums): number {
  if (intervals < 2 || bad === 0) return 1;
  // Σ (x - n·p)² / (n·p) with p = Σx / Σn, multiplied out.
  return (squares * (requests / bad) - bad) / (intervals - 1);
}

/** A dispersion within so many of its own standard deviations of 1 is chance, and would make every gate slower. */
const believedFrom = 2;

/** Standard deviation of `dispersionOf` where every bad request comes alone. */
function spreadOf({ intervals, bad }: DispersionSums): number {
  return intervals < 2 || bad === 0 ? 0 : Math.sqrt((2 + intervals / bad) / (intervals - 1));
}

/** 1 / max(1, dispersion): what one bad request counts, as it was measured. */
export function temperingOf(sums: DispersionSums): number {
  return 1 / Math.max(1, dispersionOf(sums));
}

/** What is expected of errors before any was seen. */
const expectedDispersion = 9;

/**
 * What one bad request counts as evidence of harm. Chosen by simulation: with clusters of 5 and a history of an hour at
 * 1 request/s too few errors come to tell a cluster from chance, and believing in chance failed good versions. So nothing
 * seen yet weighs as one error of that dispersion, and a dispersion that was measured is taken one standard deviation
 * higher: it is an estimate, and where it comes out too low good versions fail (1.2 % instead of 1 % at 10 requests/s).
 */
export function cautiousTempering(sums: DispersionSums): number {
  const measured = clustersOf(sums);
  const upper = measured === 1 ? 1 : measured * (1 + Math.sqrt(2 / (sums.intervals - 1)));
  return blended(sums, upper, 1);
}

/** How many errors have to be seen until what was expected hardly matters. */
const convincing = 4;

/**
 * What one bad request counts as evidence of soundness. As above, but what is expected fades with the square of what was
 * seen: a hundred errors that came alone say that errors come alone.
 */
export function expectedTempering(sums: DispersionSums): number {
  return blended(sums, clustersOf(sums), (convincing * convincing) / (convincing + sums.bad));
}

function clustersOf(sums: DispersionSums): number {
  const measured = dispersionOf(sums);
  return measured > 1 + believedFrom * spreadOf(sums) ? Math.max(1, measured) : 1;
}

function blended({ bad }: DispersionSums, dispersion: number, weight: number): number {
  return Math.min(1, (weight + bad) / (expectedDispersion * weight + dispersion * bad));
}
