import type { Side } from './ratio-test.js';

/** What a forecast of a ratio test starts from. Rates and shares 0 to 1. */
export interface DecisionQuestion {
  readonly side: Side;
  readonly requestsPerSecond: number;
  /** Share of bad requests of the control. */
  readonly baselineRate: number;
  /** Share of the requests that the candidate gets. */
  readonly weight: number;
  readonly trueRatio: number;
  /** The alternative that gains: on the fail side the true ratio. */
  readonly alternativeRatio: number;
  readonly nullRatio: number;
  /** The chance that the decision is wrong. */
  readonly budget: number;
  /** How many alternatives share the evidence. Default 12. */
  readonly points?: number;
  /** What one bad request counts. Default 1. */
  readonly tempering?: number;
}

export interface DecisionTime {
  /** Evidence per second, in nats. At most 0: it never decides. */
  readonly driftPerSecond: number;
  /** Mean time to the decision; `null`: never. */
  readonly expectedMs: number | null;
  /** Failed requests above the baseline until then. */
  readonly excessFailures: number | null;
}

/**
 * How long a ratio test takes: what it needs, ln(1/budget) + ln(points), over what a second brings. A mean under a drift
 * approximation; with few bad requests the spread is wide.
 */
export function decisionTime(question: DecisionQuestion): DecisionTime {
  const { requestsPerSecond, baselineRate, weight: w, trueRatio: r, alternativeRatio, nullRatio, budget } = question;
  const { points = 12, tempering = 1 } = question;
  const perBad =
    w * r * Math.log(alternativeRatio / nullRatio) -
    (w * r + 1 - w) * Math.log((w * alternativeRatio + 1 - w) / (w * nullRatio + 1 - w));
  const driftPerSecond = tempering * requestsPerSecond * baselineRate * perBad;
  if (!(driftPerSecond > 0)) return { driftPerSecond, expectedMs: null, excessFailures: null };
  const seconds = (Math.log(1 / budget) + Math.log(points)) / driftPerSecond;
  return {
    driftPerSecond,
    expectedMs: seconds * 1_000,
    excessFailures: (r - 1) * w * requestsPerSecond * baselineRate * seconds,
  };
}

/** Clean requests without which a rate can't be shown to be below `limit`: ln(1/budget) / -ln(1 - limit), rounded up. */
export function cleanRequestsNeeded(limit: number, budget: number): number {
  return Math.ceil(Math.log(1 / budget) / -Math.log1p(-limit));
}
