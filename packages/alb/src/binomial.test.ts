import { describe, expect, it } from 'vitest';
import { twoSidedBinomial } from './binomial.js';

describe('the two-sided binomial test', () => {
  it.each([
    // 2 * (1 + 10) / 2^10, by hand.
    [10, 1, 0.5, 22 / 1_024],
    [10, 5, 0.5, 1],
    [1, 0, 0.3, 1],
    [1, 1, 0.3, 0.3],
    [2, 2, 0.25, 0.0625],
  ])('%d trials, %d successes at %d', (trials, successes, probability, expected) => {
    expect(twoSidedBinomial(trials, successes, probability)).toBeCloseTo(expected, 12);
  });

  it('is a probability for every count, and 1 for the likeliest', () => {
    for (const probability of [0.001, 0.1, 0.5, 0.9]) {
      const all = Array.from({ length: 201 }, (_, count) => twoSidedBinomial(200, count, probability));
      for (const each of all) expect(each).toBeGreaterThanOrEqual(0);
      expect(Math.max(...all)).toBeCloseTo(1, 9);
    }
  });
});
