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

/**
 * What to expect of errors before any was seen, in bad requests of that dispersion. Chosen by simulation: with clusters of
 * 5 and a history of an hour at 1 request/s, too few errors come to tell a cluster from chance, and believing in chance
 * failed good versions.
 */
export interface DispersionPrior {
  readonly dispersion: number;
  readonly bad: number;
}

/** A dispersion within so many of its own standard deviations of 1 is chance, and would make every gate slower. */
const believedFrom = 2;

/** Standard deviation of `dispersionOf` where every bad request comes alone. */
function spreadOf({ intervals, bad }: DispersionSums): number {
  return intervals < 2 || bad === 0 ? 0 : Math.sqrt((2 + intervals / bad) / (intervals - 1));
}

/**
 * 1 / max(1, dispersion): what one bad request counts. With a prior it is cautious while little was seen, and does not take
 * chance for clusters.
 */
export function temperingOf(sums: DispersionSums, prior?: DispersionPrior): number {
  const measured = Math.max(1, dispersionOf(sums));
  if (prior === undefined) return 1 / measured;
  const seen = measured > 1 + believedFrom * spreadOf(sums) ? measured : 1;
  const believed = (prior.dispersion * prior.bad + seen * sums.bad) / (prior.bad + sums.bad);
  return 1 / Math.max(1, believed);
}
