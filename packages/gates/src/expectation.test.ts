import { describe, expect, it } from 'vitest';
import { freshEvidence, startMass } from './evidence.js';
import { addToLimit, limitTest } from './limit-test.js';
import { addToRatio, ratioTest, type Side } from './ratio-test.js';
import { addToSampleRatio, freshSampleRatio, logOfSampleRatio, sampleRatioTest } from './sample-ratio-test.js';

/** P(X = k) for all k. */
function binomial(n: number, p: number): readonly number[] {
  const terms = [(1 - p) ** n];
  for (let k = 1; k <= n; k++) terms.push(terms[k - 1]! * ((n - k + 1) / k) * (p / (1 - p)));
  return terms;
}

const slack = 1e-9;
const splits = [
  [15, 15],
  [27, 3],
  [3, 27],
  [20, 10],
  [10, 1],
  [1, 1],
  [29, 1],
] as const;
const rates = [0.003, 0.01, 0.05, 0.1, 0.3];

/** The largest expectation of any one alternative's likelihood ratio, by adding up every possible outcome. */
function ratioExpectations(side: Side, nullRatio: number, trueRatio: number, tempering: number): number {
  const test = ratioTest(side, nullRatio);
  let most = 0;
  for (const [n0, n1] of splits) {
    for (const rate of rates) {
      if (rate * trueRatio >= 1) continue;
      const [control, candidate] = [binomial(n0, rate), binomial(n1, rate * trueRatio)];
      const sums = test.mixture.alternatives.map(() => 0);
      control.forEach((chance0, x0) => {
        candidate.forEach((chance1, x1) => {
          const logs = test.mixture.alternatives.map(() => 0);
          const counts = { controlRequests: n0, controlBad: x0, candidateRequests: n1, candidateBad: x1 };
          addToRatio(test, logs, counts, tempering);
          for (const [index, log] of logs.entries()) sums[index]! += chance0 * chance1 * Math.exp(log);
        });
      });
      most = Math.max(most, ...sums);
    }
  }
  return most;
}

describe('every likelihood ratio has expectation at most 1 under the hypothesis it speaks against, over all outcomes', () => {
  it.each([1, 1.2, 1.5, 2, 3])('risk ratio at most %d', (nullRatio) => {
    for (const share of [1, 0.9, 0.5]) {
      expect(ratioExpectations('fail', nullRatio, nullRatio * share, 1)).toBeLessThanOrEqual(1 + slack);
    }
    expect(ratioExpectations('fail', nullRatio, nullRatio, 1 / 3)).toBeLessThanOrEqual(1 + slack);
  });

  it.each([1, 1.2, 1.5, 2, 3])('risk ratio at least %d', (nullRatio) => {
    for (const share of [1, 1.1, 2]) {
      expect(ratioExpectations('pass', nullRatio, nullRatio * share, 1)).toBeLessThanOrEqual(1 + slack);
    }
    expect(ratioExpectations('pass', nullRatio, nullRatio, 1 / 3)).toBeLessThanOrEqual(1 + slack);
  });

  it('notices a test that is too eager: the enumeration exceeds 1 where the hypothesis does not hold', () => {
    expect(ratioExpectations('fail', 1, 2, 1)).toBeGreaterThan(1.05);
    expect(ratioExpectations('pass', 2, 1, 1)).toBeGreaterThan(1.05);
  });

  it.each([0.001, 0.01, 0.05, 0.3])('a limit of %d', (limit) => {
    for (const [side, shares] of [
      ['fail', [1, 0.5]],
      ['pass', [1, 1.5]],
    ] as const) {
      const test = limitTest(side, limit);
      for (const share of shares) {
        for (const n of [1, 10, 30]) {
          const sums = test.mixture.alternatives.map(() => 0);
          for (const [x, chance] of binomial(n, limit * share).entries()) {
            const logs = test.mixture.alternatives.map(() => 0);
            addToLimit(test, logs, n, x);
            for (const [index, log] of logs.entries()) sums[index]! += chance * Math.exp(log);
          }
          expect(Math.max(...sums)).toBeLessThanOrEqual(1 + slack);
          if (share === 1) expect(Math.min(...sums)).toBeGreaterThan(1 - slack);
        }
      }
    }
  });

  it.each([
    [0.1, 0],
    [0.1, 0.01],
    [0.5, 0.02],
  ])('a split of %d give or take %d', (weight, tolerance) => {
    for (const share of [weight - tolerance, weight, weight + tolerance]) {
      const test = sampleRatioTest(weight, tolerance);
      let sum = 0;
      for (const [n1, chance] of binomial(30, share).entries()) {
        const evidence = freshSampleRatio(test);
        addToSampleRatio(test, evidence, 30 - n1, n1);
        sum += chance * Math.exp(logOfSampleRatio(evidence));
      }
      expect(sum).toBeLessThanOrEqual(1 + slack);
    }
  });

  it('starts have at most mass 1 together, however many come', () => {
    let mass = 0;
    for (let start = 0; start < 100_000; start++) mass += startMass(start);
    expect(mass).toBeLessThanOrEqual(1);
    expect(mass).toBeGreaterThan(0.9999);
    expect(freshEvidence(ratioTest('fail', 1).mixture, 0.5).reduce((sum, log) => sum + Math.exp(log), 0)).toBeCloseTo(
      0.5,
    );
  });
});
