import fc from 'fast-check';
import { expect, it } from 'vitest';
import { printCount, printPercent, printPercentPair } from './print-number.js';

it.each([
  [0, '0'],
  [999, '999'],
  [1_204, '1,204'],
  [1_234_567, '1,234,567'],
  [1_234.5678, '1,234.57'],
])('prints the count %d as %s', (count, text) => {
  expect(printCount(count)).toBe(text);
});

it.each([
  [0, '0 %'],
  [0.01, '1 %'],
  [0.0623, '6.2 %'],
  [0.000_34, '0.034 %'],
  [1, '100 %'],
])('prints the share %d as %s', (share, text) => {
  expect(printPercent(share)).toBe(text);
});

it('prints two shares that differ so that they read different', () => {
  const share = fc.integer({ min: 0, max: 1_000_000 }).map((millionths) => millionths / 1_000_000);
  fc.assert(
    fc.property(share, share, (a, b) => {
      const [first, second] = printPercentPair(a, b);
      expect(first === second).toBe(a === b);
    }),
  );
});
