import { freshEvidence, type LogEvidence, logMean, logOf } from './evidence.js';
import { addToLimit, type LimitTest, limitTest } from './limit-test.js';

/** A split that is off is worth finding when it is off by little. */
const exponents: readonly number[] = [1 / 32, 1 / 16, 1 / 8, 1 / 4, 1 / 2, 1, 2, 4];

export interface SampleRatioTest {
  readonly above: LimitTest;
  readonly below: LimitTest;
}

export interface SampleRatioEvidence {
  readonly above: LogEvidence;
  readonly below: LogEvidence;
}

/**
 * The test of "the candidate gets the share `weight` of the requests, give or take `tolerance`", both 0 to 1. Count what is
 * assigned one by one; where a user or a connection is, requests come in clusters and it flags good splits.
 */
export function sampleRatioTest(weight: number, tolerance = 0): SampleRatioTest {
  const [most, least] = [Math.min(1 - 1e-9, weight + tolerance), Math.max(1e-9, weight - tolerance)];
  return { above: limitTest('fail', most, exponents), below: limitTest('pass', least, exponents) };
}

export function freshSampleRatio(test: SampleRatioTest): SampleRatioEvidence {
  return { above: freshEvidence(test.above.mixture), below: freshEvidence(test.below.mixture) };
}

export function addToSampleRatio(
  test: SampleRatioTest,
  evidence: SampleRatioEvidence,
  controlRequests: number,
  candidateRequests: number,
  tempering = 1,
): void {
  const all = controlRequests + candidateRequests;
  addToLimit(test.above, evidence.above, all, candidateRequests, tempering);
  addToLimit(test.below, evidence.below, all, candidateRequests, tempering);
}

/** The natural logarithm of the evidence that the split is another one. */
export function logOfSampleRatio(evidence: SampleRatioEvidence): number {
  return logMean([logOf(evidence.above), logOf(evidence.below)]);
}
