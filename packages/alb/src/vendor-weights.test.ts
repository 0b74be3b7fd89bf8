import { weights } from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromVendorWeights, mostVendorWeight, toVendorWeights } from './vendor-weights.js';

const tenths = Array.from({ length: 1_001 }, (_, index) => index);

describe('vendor weights', () => {
  it('give back every weight, in whole numbers that the API takes (S8)', () => {
    for (const tenth of tenths) {
      const set = weights(tenth / 10);
      const vendor = toVendorWeights(set);
      expect(Number.isInteger(vendor.blue) && Number.isInteger(vendor.green)).toBe(true);
      expect(Math.max(vendor.blue, vendor.green)).toBeLessThanOrEqual(mostVendorWeight);
      expect(Math.min(vendor.blue, vendor.green)).toBeGreaterThanOrEqual(0);
      expect(fromVendorWeights(vendor)).toEqual(set);
    }
  });

  it('are exact: the share of green is its percentage', () => {
    for (const tenth of tenths) {
      const { blue, green } = toVendorWeights(weights(tenth / 10));
      expect(green * 1_000).toBe(tenth * (blue + green));
    }
  });

  it('never switch everything off, which would answer 503 to everybody', () => {
    for (const tenth of tenths) {
      const { blue, green } = toVendorWeights(weights(tenth / 10));
      expect(blue + green).toBeGreaterThan(0);
    }
  });

  it.each([
    [{ blue: 90, green: 10 }, 10],
    [{ blue: 9, green: 1 }, 10],
    [{ blue: 1, green: 0 }, 0],
    [{ blue: 0, green: 999 }, 100],
    [{ blue: 1, green: 1 }, 50],
  ])('read what other tools write: %j is %d %% green', (vendor, green) => {
    expect(fromVendorWeights(vendor)).toEqual(weights(green));
  });

  it.each([
    { blue: 0, green: 0 },
    { blue: 2, green: 1 },
    { blue: 1_000, green: 0 },
    { blue: -1, green: 101 },
    { blue: 0.5, green: 0.5 },
  ])('are not guessed: %j is no weight of ours', (vendor) => {
    expect(fromVendorWeights(vendor)).toBeNull();
  });

  it('read any pair to the percentage that it means, or to nothing', () => {
    const weight = fc.integer({ min: 0, max: mostVendorWeight });
    fc.assert(
      fc.property(weight, weight, (blue, green) => {
        const read = fromVendorWeights({ blue, green });
        if (read === null) return;
        expect(Math.round(read.green * 10) * (blue + green)).toBe(green * 1_000);
      }),
    );
  });
});
