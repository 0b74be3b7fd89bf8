import { evenMixture, type LogEvidence, type Mixture } from './evidence.js';

/** Requests of both slots in one interval, and how many of them were bad: failed, or too slow. */
export interface SlotCounts {
  readonly controlRequests: number;
  readonly controlBad: number;
  readonly candidateRequests: number;
  readonly candidateBad: number;
}

/** `fail`: evidence against "at most `nullRatio` times as many". `pass`: against "at least `nullRatio` times as many". */
export type Side = 'fail' | 'pass';

export interface RatioTest {
  readonly nullRatio: number;
  readonly mixture: Mixture;
  /** ln(alternative / nullRatio). */
  readonly logRatios: readonly number[];
}

const points = 12;

/**
 * The test of a risk ratio, candidate over control. Given that a request was bad, it fell on the candidate with
 * probability `r·n1 / (r·n1 + n0)`: that removes the rate itself, so nothing has to be known about it, and a rate that
 * swings for both slots alike changes nothing. Alternatives `nullRatio · 2^(±j/2)`, j = 1 … 12, unless given.
 *
 * Exact for Poisson counts; for shares of requests a valid bound for `nullRatio` >= 1 (enumerated in the tests).
 * Source: M. Lindon, A. Malek, "Anytime-valid inference for multinomial count data", NeurIPS 2022, with a grid in place of
 * the Dirichlet prior, so that the split may change in every interval.
 */
export function ratioTest(side: Side, nullRatio: number, mixture?: Mixture): RatioTest {
  const sign = side === 'fail' ? 0.5 : -0.5;
  const given = mixture ?? evenMixture(Array.from({ length: points }, (_, j) => nullRatio * 2 ** (sign * (j + 1))));
  return { nullRatio, mixture: given, logRatios: given.alternatives.map((r) => Math.log(r / nullRatio)) };
}

/**
 * Weighs one interval. `tempering`, at most 1, is what one bad request counts where bad requests come in clusters; it must
 * be known before the interval. An interval in which one slot had no requests says nothing.
 */
export function addToRatio(test: RatioTest, evidence: LogEvidence, counts: SlotCounts, tempering = 1): void {
  const { controlRequests: n0, candidateRequests: n1, candidateBad: x1 } = counts;
  const bad = counts.controlBad + x1;
  if (n0 <= 0 || n1 <= 0 || bad === 0) return;
  const { logRatios, mixture, nullRatio } = test;
  const under = Math.log(nullRatio * n1 + n0);
  for (let index = 0; index < evidence.length; index++) {
    const over = Math.log(mixture.alternatives[index]! * n1 + n0);
    evidence[index]! += tempering * (x1 * logRatios[index]! - bad * (over - under));
  }
}
