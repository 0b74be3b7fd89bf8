import { decisionTime } from './decision-time.js';
import {
  type ErrorRatioState,
  type ErrorRatioTests,
  errorRatioEvidence,
  errorTempering,
  harmlessShare,
} from './error-ratio.js';
import { type LogEvidence, logOf } from './evidence.js';
import type { LimitTest } from './limit-test.js';

/**
 * How long until a version that is as good as the control would have passed, in milliseconds; `null`: it would not.
 *
 * What is missing over what a second brings, for the limit and for the comparison, which has two ways: fewer than
 * `maxRatio` times the errors, or so few that they are no harm. A service without errors has the second way only.
 *
 * @param share Part of the requests that the candidate gets from now on; as measured unless given.
 */
export function timeToPass(
  tests: ErrorRatioTests,
  state: ErrorRatioState,
  isAlone: boolean,
  share?: number,
): number | null {
  const { control, candidate, elapsedMs, dispersion, bucket } = state;
  const requests = control.requests + candidate.requests;
  if (elapsedMs <= 0 || candidate.requests === 0) return null;
  const perSecond = (requests / elapsedMs) * 1_000;
  const weight = share ?? candidate.requests / requests;
  const tempering = errorTempering(state).pass;
  const found = errorRatioEvidence(tests, state);
  // From the active slot's past too: a minute at little traffic says nothing about a rate.
  const rate =
    (dispersion.bad + bucket.bad + candidate.bad) / (dispersion.requests + bucket.requests + candidate.requests);
  const below = (test: LimitTest, evidence: LogEvidence, needed: number): number | null => {
    const missing = requestsToPass(test, evidence, needed, rate, tempering);
    return missing === null ? null : (missing / (perSecond * weight)) * 1_000;
  };
  const limitMs = below(tests.passLimit, state.passLimit, found.passNeeded);
  if (isAlone || limitMs === null) return limitMs;
  const { driftPerSecond } = decisionTime({
    side: 'pass',
    requestsPerSecond: perSecond,
    baselineRate: rate,
    weight,
    trueRatio: 1,
    alternativeRatio: 1,
    nullRatio: tests.limits.maxRatio,
    budget: tests.limits.passBudget,
    tempering,
  });
  const ratioMs = missingMs(found.passNeeded - found.passRatio, driftPerSecond);
  const harmlessMs =
    tests.harmless === null ? null : below(tests.harmless, state.harmless, found.passNeeded - Math.log(harmlessShare));
  const comparedMs = Math.min(ratioMs ?? Number.POSITIVE_INFINITY, harmlessMs ?? Number.POSITIVE_INFINITY);
  return comparedMs === Number.POSITIVE_INFINITY ? null : Math.max(limitMs, comparedMs);
}

const newtonSteps = 4;

/** Requests until evidence that grows as expected at `rate` reaches `needed`; `null`: it does not grow. */
function requestsToPass(
  { logBad, logGood }: LimitTest,
  evidence: LogEvidence,
  needed: number,
  rate: number,
  tempering: number,
): number | null {
  if (logOf(evidence) >= needed) return 0;
  const gains = logBad.map((bad, index) => tempering * (rate * bad + (1 - rate) * logGood[index]!));
  let requests = Number.POSITIVE_INFINITY;
  for (const [index, gain] of gains.entries()) {
    if (gain > 0) requests = Math.min(requests, (needed - evidence[index]!) / gain);
  }
  if (requests === Number.POSITIVE_INFINITY) return null;
  // The best alternative alone gets there; all together are there sooner. Their sum is convex, so this stays on one side.
  for (let step = 0; step < newtonSteps; step++) {
    const grown = evidence.map((log, index) => log + gains[index]! * requests);
    const reached = logOf(grown);
    const slope = grown.reduce((sum, log, index) => sum + Math.exp(log - reached) * gains[index]!, 0);
    requests -= (reached - needed) / slope;
  }
  return Math.max(0, requests);
}

function missingMs(missing: number, perSecond: number): number | null {
  if (missing <= 0) return 0;
  return perSecond > 0 ? (missing / perSecond) * 1_000 : null;
}
