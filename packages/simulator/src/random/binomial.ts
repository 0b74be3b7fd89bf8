import { stirlingTail } from './log-factorial.js';
import type { Sfc32 } from './sfc32.js';

/**
 * How many of `count` independent tries succeed: inversion for small expectations, above that BTRS (W. Hörmann, "The
 * generation of binomial random variates", 1993). The cost does not grow with `count`.
 */
export function binomial(stream: Sfc32, count: number, probability: number): number {
  if (!(probability > 0) || count <= 0) return 0;
  if (probability >= 1) return count;
  if (probability > 0.5) return count - binomial(stream, count, 1 - probability);
  return count * probability < 10 ? byInversion(stream, count, probability) : byRejection(stream, count, probability);
}

function byInversion(stream: Sfc32, count: number, probability: number): number {
  const odds = probability / (1 - probability);
  let left = stream.uniform();
  let here = Math.exp(count * Math.log1p(-probability));
  let successes = 0;
  const bound = Math.min(count, 200);
  while (left > here && successes < bound) {
    left -= here;
    successes++;
    here *= (odds * (count - successes + 1)) / successes;
  }
  return successes;
}

function byRejection(stream: Sfc32, n: number, p: number): number {
  const deviation = Math.sqrt(n * p * (1 - p));
  const b = 1.15 + 2.53 * deviation;
  const a = -0.0873 + 0.0248 * b + 0.01 * p;
  const c = n * p + 0.5;
  const quickly = 0.92 - 4.2 / b;
  const odds = p / (1 - p);
  const alpha = (2.83 + 5.1 / b) * deviation;
  const mode = Math.floor((n + 1) * p);
  for (;;) {
    const u = stream.uniform() - 0.5;
    const v = stream.uniform();
    const us = 0.5 - Math.abs(u);
    const k = Math.floor(((2 * a) / us + b) * u + c);
    if (us >= 0.07 && v <= quickly) return k;
    if (k < 0 || k > n) continue;
    const bound =
      (mode + 0.5) * Math.log((mode + 1) / (odds * (n - mode + 1))) +
      (n + 1) * Math.log((n - mode + 1) / (n - k + 1)) +
      (k + 0.5) * Math.log((odds * (n - k + 1)) / (k + 1)) +
      stirlingTail(mode) +
      stirlingTail(n - mode) -
      stirlingTail(k) -
      stirlingTail(n - k);
    if (Math.log((v * alpha) / (a / (us * us) + b)) <= bound) return k;
  }
}
