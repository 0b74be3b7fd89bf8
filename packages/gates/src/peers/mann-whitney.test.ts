import fc from 'fast-check';
import { expect, it } from 'vitest';
import { mannWhitneyShift } from './mann-whitney.js';

const sample = [1.1, 2.2, 3.3, 4.4, 5.9];
const control = [0.5, 1.5, 2.5, 3.1, 0.7, 1.2];

function medianDifference(some: readonly number[], others: readonly number[]): [number, number] {
  const all = some.flatMap((a) => others.map((b) => a - b)).sort((a, b) => a - b);
  return [all[Math.floor((all.length - 1) / 2)]!, all[Math.ceil((all.length - 1) / 2)]!];
}

it('estimates the median of all differences where no value repeats', () => {
  const [low, high] = medianDifference(sample, control);
  const { estimate } = mannWhitneyShift(sample, control, 0.95);
  expect(estimate).toBeGreaterThan(low - 1e-3);
  expect(estimate).toBeLessThan(high + 1e-3);
});

it('widens with the confidence, and holds the estimate', () => {
  const narrow = mannWhitneyShift(sample, control, 0.8);
  const wide = mannWhitneyShift(sample, control, 0.98);
  expect(wide.lower).toBeLessThan(narrow.lower);
  expect(wide.upper).toBeGreaterThan(narrow.upper);
  expect(narrow.lower).toBeLessThan(narrow.estimate);
  expect(narrow.estimate).toBeLessThan(narrow.upper);
});

/** The same statistic by counting pairs, for values that do not repeat. */
function pairsZ(some: readonly number[], others: readonly number[], shift: number): number {
  const pairs = some.length * others.length;
  const won = some.flatMap((a) => others.filter((b) => a - shift > b)).length - pairs / 2;
  return (won - Math.sign(won) / 2) / Math.sqrt((pairs / 12) * (some.length + others.length + 1));
}

it('ends where the statistic crosses the quantile of 0.9, whatever the values are', () => {
  const quantile = 1.6448536269514722;
  const values = fc.uniqueArray(fc.integer({ min: -50_000, max: 50_000 }), { minLength: 16, maxLength: 40 });
  fc.assert(
    fc.property(values, (all) => {
      const some = all.slice(0, all.length / 2);
      const others = all.slice(all.length / 2);
      const { lower, upper } = mannWhitneyShift(some, others, 0.9);
      const least = Math.min(...some) - Math.max(...others);
      const most = Math.max(...some) - Math.min(...others);
      if (lower > least) expect(pairsZ(some, others, lower - 1e-3)).toBeGreaterThanOrEqual(quantile);
      if (upper < most) expect(pairsZ(some, others, upper + 1e-3)).toBeLessThanOrEqual(-quantile);
      expect(pairsZ(some, others, lower + 1e-3)).toBeLessThanOrEqual(quantile);
      expect(pairsZ(some, others, upper - 1e-3)).toBeGreaterThanOrEqual(-quantile);
    }),
  );
});
