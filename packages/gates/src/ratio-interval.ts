import { freshEvidence, logMean, logOf } from './evidence.js';
import { addToRatio, ratioTest, type SlotCounts } from './ratio-test.js';

export interface RatioInterval {
  /** (bad / requests) of the candidate over that of the control; `null` where nothing was bad on the control. */
  readonly estimate: number | null;
  /** 0 where nothing was bad on the candidate. */
  readonly lower: number;
  /** `null`: unbounded, because too little was bad on the control to say. */
  readonly upper: number | null;
}

export interface TemperedCounts extends SlotCounts {
  readonly tempering?: number;
}

/** Ratios beyond this are not told apart. */
const farthest = Math.log(1e9);

/**
 * The ratios that the counts do not speak against, at every instant at once: a confidence sequence. With a chance of
 * 1 - `alpha` it holds the true ratio all the time. For people; decisions are the tests'.
 */
export function ratioInterval(intervals: readonly TemperedCounts[], alpha: number): RatioInterval {
  let [n0, x0, n1, x1] = [0, 0, 0, 0];
  for (const counts of intervals) {
    if (counts.controlRequests <= 0 || counts.candidateRequests <= 0) continue;
    n0 += counts.controlRequests;
    x0 += counts.controlBad;
    n1 += counts.candidateRequests;
    x1 += counts.candidateBad;
  }
  if (n0 === 0 || n1 === 0 || x0 + x1 === 0) return { estimate: null, lower: 0, upper: null };
  const centre = Math.log((x1 || 0.5) / n1 / ((x0 || 0.5) / n0));
  const bound = Math.log(1 / alpha);
  const isOut = (logRatio: number): boolean => logEvidenceAgainst(intervals, Math.exp(logRatio)) >= bound;
  const lower = x1 === 0 ? null : edge(isOut, centre, -1);
  const upper = x0 === 0 ? null : edge(isOut, centre, 1);
  return {
    estimate: x0 === 0 ? null : x1 / n1 / (x0 / n0),
    lower: lower === null ? 0 : Math.exp(lower),
    upper: upper === null ? null : Math.exp(upper),
  };
}

function logEvidenceAgainst(intervals: readonly TemperedCounts[], ratio: number): number {
  const sides = (['fail', 'pass'] as const).map((side) => {
    const test = ratioTest(side, ratio);
    const evidence = freshEvidence(test.mixture);
    for (const counts of intervals) addToRatio(test, evidence, counts, counts.tempering ?? 1);
    return logOf(evidence);
  });
  return logMean(sides);
}

/** Where it leaves the interval in this direction, by doubling and then halving; `null`: nowhere. */
function edge(isOut: (logRatio: number) => boolean, centre: number, direction: 1 | -1): number | null {
  if (isOut(centre)) return centre;
  let [inside, step] = [centre, 0.05];
  let outside = centre + direction * step;
  while (!isOut(outside)) {
    if (Math.abs(outside - centre) > farthest) return null;
    inside = outside;
    step *= 2;
    outside = centre + direction * step;
  }
  while (Math.abs(outside - inside) > 1e-12 * Math.max(1, Math.abs(outside))) {
    const middle = (inside + outside) / 2;
    if (middle === inside || middle === outside) break;
    if (isOut(middle)) outside = middle;
    else inside = middle;
  }
  return outside;
}
