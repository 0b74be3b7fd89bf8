import { describe, expect, it } from 'vitest';
import { boldness } from './deadline-bet.js';
import { normalCdf, normalDensity, normalQuantile } from './normal.js';

describe('normal distribution', () => {
  it.each([
    [0, 0.5],
    [1, 0.8413447460685429],
    [-1.959963984540054, 0.025],
    [-4, 3.167124183311986e-5],
    [-6, 9.865876450376981e-10],
    [-10, 7.619853024160527e-24],
    [6, 0.9999999990134123],
  ])('Φ(%d) is %d', (z, p) => {
    expect(Math.abs(normalCdf(z) / p - 1)).toBeLessThan(2e-14);
  });

  it('is inverted by its quantile', () => {
    for (let z = -8; z <= 5; z += 0.01) expect(Math.abs(normalQuantile(normalCdf(z)) - z)).toBeLessThan(1e-9);
    expect(normalDensity(0)).toBeCloseTo(0.3989422804014327, 15);
  });
});

describe('the bet on the deadline', () => {
  it('is bolder the less is still to come and the less was won, and stops when it is certain', () => {
    expect(boldness(0, 0.02, 10)).toBeGreaterThan(boldness(0, 0.02, 100));
    expect(boldness(-2, 0.02, 10)).toBeGreaterThan(boldness(2, 0.02, 10));
    expect(boldness(Math.log(1 / 0.02) + 1, 0.02, 10)).toBe(0);
    expect(boldness(0, 0.02, 0)).toBe(0);
    expect(boldness(-500, 0.02, 1e-9)).toBe(3);
  });
});
