import { describe, expect, test } from 'vitest';
import { binomial } from './binomial.js';
import { chiSquareDeviation } from './chi-square.fixture.js';
import { exponentialMs, lognormalMs } from './durations.js';
import { logFactorial } from './log-factorial.js';
import { poisson } from './poisson.js';
import { Sfc32 } from './sfc32.js';

const drawCount = 200_000;

function histogram(draw: (stream: Sfc32) => number, from: number, to: number): number[] {
  const stream = new Sfc32(1, 2, 3);
  const counts = new Array<number>(to - from + 1).fill(0);
  for (let index = 0; index < drawCount; index++) {
    const value = draw(stream);
    counts[Math.min(Math.max(value, from), to) - from]!++;
  }
  return counts;
}

/** Probabilities of `from … to`, with both tails in the outermost cells. */
function expectedCounts(logProbability: (k: number) => number, from: number, to: number, most: number): number[] {
  const counts = new Array<number>(to - from + 1).fill(0);
  for (let k = 0; k <= most; k++) {
    counts[Math.min(Math.max(k, from), to) - from]! += Math.exp(logProbability(k)) * drawCount;
  }
  return counts;
}

function around(mean: number, deviation: number): [from: number, to: number] {
  return [Math.max(0, Math.floor(mean - 6 * deviation)), Math.ceil(mean + 6 * deviation)];
}

/** ln k! the slow way: what both samplers are measured against must not share their approximation. */
const summedLogFactorial = (() => {
  const sums = [0];
  for (let k = 1; k <= 120_000; k++) sums.push(sums[k - 1]! + Math.log(k));
  return (k: number) => sums[k]!;
})();

describe('samplers', () => {
  test('ln k! agrees with the sum of logarithms', () => {
    for (const k of [0, 1, 2, 15, 16, 17, 100, 1_000, 100_000]) {
      expect(logFactorial(k)).toBeCloseTo(summedLogFactorial(k), k < 1_000 ? 10 : 6);
    }
  });

  test.each([0.01, 0.7, 3, 9.99, 10, 11.5, 40, 1_000, 50_000])(
    'poisson with mean %d is exact by chi-square',
    (mean) => {
      const [from, to] = around(mean, Math.sqrt(mean));
      const observed = histogram((stream) => poisson(stream, mean), from, to);
      const most = Math.ceil(mean + 12 * Math.sqrt(mean) + 30);
      const expected = expectedCounts((k) => k * Math.log(mean) - mean - summedLogFactorial(k), from, to, most);
      expect(Math.abs(chiSquareDeviation(observed, expected))).toBeLessThan(3);
    },
  );

  test.each([
    [10, 0.3],
    [1_000, 0.003],
    [1_000, 0.02],
    [40, 0.5],
    [40, 0.8],
    [1_000, 0.999],
    [100_000, 0.05],
    [100_000, 0.7],
  ])('binomial of %d tries at %d is exact by chi-square', (count, probability) => {
    const deviation = Math.sqrt(count * probability * (1 - probability));
    const [from, wideTo] = around(count * probability, deviation);
    const to = Math.min(count, wideTo);
    const observed = histogram((stream) => binomial(stream, count, probability), from, to);
    const choose = (k: number) => summedLogFactorial(count) - summedLogFactorial(k) - summedLogFactorial(count - k);
    const expected = expectedCounts(
      (k) => choose(k) + k * Math.log(probability) + (count - k) * Math.log1p(-probability),
      from,
      to,
      count,
    );
    expect(Math.abs(chiSquareDeviation(observed, expected))).toBeLessThan(3);
  });

  test('means in the billions stay in place', () => {
    const stream = new Sfc32(4, 5, 6);
    let sum = 0;
    for (let index = 0; index < 10_000; index++) sum += poisson(stream, 1e9);
    expect(Math.abs(sum / 10_000 - 1e9)).toBeLessThan(4 * Math.sqrt(1e9 / 10_000));
  });

  test('nothing and everything are certain', () => {
    const stream = new Sfc32(1, 1, 1);
    expect([poisson(stream, 0), binomial(stream, 9, 0), binomial(stream, 9, 1), binomial(stream, 0, 0.4)]).toEqual([
      0, 0, 9, 0,
    ]);
  });

  test('durations have their mean and their median', () => {
    const stream = new Sfc32(7, 8, 9);
    let sum = 0;
    let below = 0;
    for (let index = 0; index < drawCount; index++) {
      sum += exponentialMs(stream, 1_000);
      if (lognormalMs(stream, 500, 0.4) < 500) below++;
    }
    expect(Math.abs(sum / drawCount - 1_000)).toBeLessThan(4 * (1_000 / Math.sqrt(drawCount)));
    expect(Math.abs(below - drawCount / 2)).toBeLessThan(4 * Math.sqrt(drawCount / 4));
  });
});
