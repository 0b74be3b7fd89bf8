import { logFactorial } from './log-factorial.js';
import type { Sfc32 } from './sfc32.js';

/**
 * A Poisson number with this mean: inversion below 10, above it PTRS (W. Hörmann, "The transformed rejection method
 * for generating Poisson random variables", 1993). The cost does not grow with the mean; good up to about 1e12.
 */
export function poisson(stream: Sfc32, mean: number): number {
  if (!(mean > 0)) return 0;
  return mean < 10 ? byInversion(stream, mean) : byRejection(stream, mean);
}

function byInversion(stream: Sfc32, mean: number): number {
  let left = stream.uniform();
  let probability = Math.exp(-mean);
  let count = 0;
  // Above 200 nothing is left in double precision; the bound only guards against rounding.
  while (left > probability && count < 200) {
    left -= probability;
    count++;
    probability *= mean / count;
  }
  return count;
}

function byRejection(stream: Sfc32, mean: number): number {
  const logMean = Math.log(mean);
  const b = 0.931 + 2.53 * Math.sqrt(mean);
  const a = -0.059 + 0.02483 * b;
  const logInverseAlpha = Math.log(1.1239 + 1.1328 / (b - 3.4));
  const quickly = 0.9277 - 3.6224 / (b - 2);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = stream.uniform();
    const us = 0.5 - Math.abs(u);
    const count = Math.floor(((2 * a) / us + b) * u + mean + 0.43);
    if (us >= 0.07 && v <= quickly) return count;
    if (count < 0 || (us < 0.013 && v > us)) continue;
    if (Math.log(v) + logInverseAlpha - Math.log(a / (us * us) + b) <= count * logMean - mean - logFactorial(count)) {
      return count;
    }
  }
}
