import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { steady } from './steady.js';

describe('steady', () => {
  it('takes the first read as it is', () => {
    expect(steady(3).see(5)).toBe(5);
  });

  it('counts a rise after so many reads in a row, and what all of them showed', () => {
    const healthy = steady(2);
    expect([0, 3, 2, 3].map((each) => healthy.see(each))).toEqual([0, 0, 2, 2]);
  });

  it('counts a fall at once and begins anew', () => {
    const healthy = steady(3);
    expect([4, 2, 4, 4, 1, 4, 4, 4].map((each) => healthy.see(each))).toEqual([4, 2, 2, 2, 1, 1, 1, 4]);
  });

  it('never counts more than the read shows', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 4 }), fc.array(fc.integer({ min: 0, max: 5 })), (reads, shown) => {
        const healthy = steady(reads);
        for (const each of shown) expect(healthy.see(each)).toBeLessThanOrEqual(each);
      }),
    );
  });
});
