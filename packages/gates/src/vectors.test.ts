import { describe, expect, it } from 'vitest';
import { cleanRequestsNeeded, decisionTime } from './decision-time.js';
import { addToDispersion, dispersionOf, noDispersion, temperingOf } from './dispersion.js';
import { addStart, freshEvidence, logMean, logOf } from './evidence.js';
import { addToLimit, limitTest } from './limit-test.js';
import { normalCdf, normalQuantile } from './normal.js';
import { exactInterval, wilsonInterval } from './proportion-interval.js';
import { ratioInterval } from './ratio-interval.js';
import { addToRatio, ratioTest, type Side } from './ratio-test.js';
import { addToSampleRatio, freshSampleRatio, logOfSampleRatio, sampleRatioTest } from './sample-ratio-test.js';
import { expectPrinted, slotCounts, vectorsOf } from './vectors/vectors.fixture.js';

// biome-ignore lint/suspicious/noExplicitAny: vectors are untyped data.
function logRatioEvidence(side: Side, nullRatio: number, intervals: readonly any[]): number {
  const test = ratioTest(side, nullRatio);
  const evidence = freshEvidence(test.mixture);
  for (const interval of intervals.map(slotCounts)) addToRatio(test, evidence, interval, interval.tempering);
  return logOf(evidence);
}

describe('reference vectors, to every printed digit', () => {
  it.each(['riskRatioEProcess', 'temperedRiskRatioEProcess'])('%s', (method) => {
    for (const { side, nullRatio, intervals, naturalLogE } of vectorsOf(method)) {
      expectPrinted(logRatioEvidence(side, nullRatio, intervals), naturalLogE);
    }
  });

  it('absoluteLimitEProcess', () => {
    for (const { side, limit, intervals, naturalLogE } of vectorsOf('absoluteLimitEProcess')) {
      const test = limitTest(side, limit);
      const evidence = freshEvidence(test.mixture);
      for (const { requests, errors } of intervals) addToLimit(test, evidence, requests, errors);
      expectPrinted(logOf(evidence), naturalLogE);
    }
  });

  it('latencyExceedanceEProcess', () => {
    for (const { side, nullRatio, levels, naturalLogE } of vectorsOf('latencyExceedanceEProcess')) {
      const logs = levels.map(({ intervals }: { intervals: readonly unknown[] }) =>
        logRatioEvidence(side, nullRatio, intervals),
      );
      expectPrinted(logMean(logs), naturalLogE);
    }
  });

  it('riskRatioConfidenceSequence', () => {
    for (const { alpha, intervals, lower, upper } of vectorsOf('riskRatioConfidenceSequence')) {
      const found = ratioInterval(intervals.map(slotCounts), alpha);
      expectPrinted(found.lower, lower);
      if (upper === null) expect(found.upper).toBeNull();
      else expectPrinted(found.upper!, upper);
    }
  });

  it('pearsonDispersion', () => {
    for (const { intervals, phi, lambda } of vectorsOf('pearsonDispersion')) {
      let sums = noDispersion;
      for (const { controlRequests, controlErrors } of intervals) {
        sums = addToDispersion(sums, controlRequests, controlErrors);
      }
      expectPrinted(dispersionOf(sums), phi);
      expectPrinted(temperingOf(sums), lambda);
    }
  });

  it('startTimeMixture, by the recursion that needs no snapshots', () => {
    for (const { side, nullRatio, intervals, starts, naturalLogE } of vectorsOf('startTimeMixture')) {
      const test = ratioTest(side, nullRatio);
      const massAt = (index: number): number | undefined =>
        starts.find(({ afterIntervals }: { afterIntervals: number }) => afterIntervals === index)?.mass;
      const evidence = freshEvidence(test.mixture, massAt(0));
      intervals.forEach((interval: unknown, index: number) => {
        const mass = massAt(index);
        if (index > 0 && mass !== undefined) addStart(evidence, test.mixture, mass);
        addToRatio(test, evidence, slotCounts(interval));
      });
      expectPrinted(logOf(evidence), naturalLogE);
    }
  });

  it('sampleRatioEProcess', () => {
    for (const { configuredWeight, tolerance, intervals, naturalLogE } of vectorsOf('sampleRatioEProcess')) {
      const test = sampleRatioTest(configuredWeight, tolerance);
      const evidence = freshSampleRatio(test);
      for (const { controlRequests, candidateRequests } of intervals) {
        addToSampleRatio(test, evidence, controlRequests, candidateRequests);
      }
      expectPrinted(logOfSampleRatio(evidence), naturalLogE);
    }
  });

  it('planner', () => {
    for (const vector of vectorsOf('planner')) {
      const found = decisionTime({
        ...vector,
        baselineRate: vector.baselineErrorRate,
        budget: vector.errorBudget,
      });
      expectPrinted(found.driftPerSecond * 60, vector.driftNatsPerMinute);
      if (vector.expectedMinutes !== undefined) expectPrinted(found.expectedMs! / 60_000, vector.expectedMinutes);
      if (vector.excessFailures !== undefined) expectPrinted(found.excessFailures!, vector.excessFailures);
    }
  });

  it('proportionIntervals', () => {
    for (const { successes, trials, wilson, clopperPearson } of vectorsOf('proportionIntervals')) {
      const score = wilsonInterval(successes, trials);
      expectPrinted(score.lower, wilson.lower);
      expectPrinted(score.upper, wilson.upper);
      const exact = exactInterval(successes, trials);
      expectPrinted(exact.lower, clopperPearson.lower);
      expectPrinted(exact.upper, clopperPearson.upper);
    }
  });

  it('alphaSpending: the normal distribution and its inverse', () => {
    for (const { rule, informationFraction: t, alpha, spentAlpha } of vectorsOf('alphaSpending')) {
      const spent =
        rule === 'pocockType'
          ? alpha * Math.log(1 + (Math.E - 1) * t)
          : 2 * normalCdf(normalQuantile(alpha / 2) / Math.sqrt(t));
      expectPrinted(spent, spentAlpha);
    }
  });

  it('counts the clean requests that a limit takes', () => {
    expect([0.01, 0.001, 0.05].map((limit) => cleanRequestsNeeded(limit, 0.05))).toEqual([299, 2_995, 59]);
  });
});
