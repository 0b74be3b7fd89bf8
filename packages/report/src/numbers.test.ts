import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { printClock, printCount, printShare, printSharePair, printWeight } from './numbers.js';

describe('numbers', () => {
  it.each([
    [0.062, '6.2 %'],
    [0.01, '1 %'],
    [0.00034, '0.034 %'],
    [0, '0 %'],
    [1, '100 %'],
  ])('prints the share %d as %s', (share, text) => {
    expect(printShare(share)).toBe(text);
  });

  it('lets two different shares read different', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true }).map((value) => Math.round(value * 1e9) / 1e9);
    fc.assert(
      fc.property(share, share, (one, other) => {
        fc.pre(one !== other);
        const [first, second] = printSharePair(one, other);
        expect(first).not.toBe(second);
      }),
    );
    expect(printSharePair(0.01004, 0.01)).toEqual(['1.004 %', '1 %']);
  });

  it.each([
    [1_204, '1,204'],
    [1_234_567, '1,234,567'],
    [999, '999'],
    [1_234.5, '1,234.5'],
  ])('prints the count %d as %s', (count, text) => {
    expect(printCount(count)).toBe(text);
  });

  it.each([
    [10, '10 %'],
    [0.1, '0.1 %'],
    [99.9, '99.9 %'],
  ])('prints the weight %d as %s', (weight, text) => {
    expect(printWeight(weight)).toBe(text);
  });

  it.each([
    [80_000, '00:01:20'],
    [26 * 3_600_000 + 5_999, '26:00:05'],
    [-1, '00:00:00'],
    [Number.NaN, '00:00:00'],
  ])('prints %d ms since the start as %s', (sinceStartMs, text) => {
    expect(printClock(sinceStartMs)).toBe(text);
  });
});
