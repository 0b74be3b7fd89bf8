import { normalQuantile } from '../normal.js';

/** By how much one sample lies above another: the estimate of Hodges and Lehmann with a two-sided interval. */
export interface Shift {
  readonly lower: number;
  readonly estimate: number;
  readonly upper: number;
}

const tolerance = 1e-4;

/**
 * The shift of `sample` against `control` by the rank sum of Mann and Whitney: the normal approximation with corrections for
 * ties and continuity, inverted over the shift (D. F. Bauer, "Constructing confidence sets using rank statistics", 1972).
 * Where values repeat the statistic has steps, so the solver and its absolute tolerance of 1e-4 are part of the result.
 */
export function mannWhitneyShift(sample: readonly number[], control: readonly number[], confidence: number): Shift {
  const least = Math.min(...sample) - Math.max(...control);
  const most = Math.max(...sample) - Math.min(...control);
  const quantile = normalQuantile(1 - (1 - confidence) / 2);
  const at = (wanted: number, isCorrected: boolean): number => {
    const excess = (shift: number): number => rankSumZ(sample, control, shift, isCorrected) - wanted;
    if (!(excess(least) > 0)) return least;
    if (!(excess(most) < 0)) return most;
    return rootBetween(excess, least, most);
  };
  return { lower: at(quantile, true), estimate: at(0, false), upper: at(-quantile, true) };
}

/** Standardised rank sum of `sample` moved down by `shift`; NaN where every value is the same. */
function rankSumZ(sample: readonly number[], control: readonly number[], shift: number, isCorrected: boolean): number {
  const all = [
    ...sample.map((value) => ({ value: value - shift, counts: 1 })),
    ...control.map((value) => ({ value, counts: 0 })),
  ].sort((a, b) => a.value - b.value);
  let rankSum = 0;
  let ties = 0;
  for (let from = 0; from < all.length; ) {
    let to = from;
    while (to < all.length && all[to]!.value === all[from]!.value) to++;
    const tied = to - from;
    const rank = from + (tied + 1) / 2;
    for (let index = from; index < to; index++) rankSum += rank * all[index]!.counts;
    ties += tied ** 3 - tied;
    from = to;
  }
  const [m, n] = [sample.length, control.length];
  const distance = rankSum - (m * (m + 1)) / 2 - (m * n) / 2;
  const variance = ((m * n) / 12) * (m + n + 1 - ties / ((m + n) * (m + n - 1)));
  return (distance - (isCorrected ? Math.sign(distance) * 0.5 : 0)) / Math.sqrt(variance);
}

/** A root between two ends of unlike sign (R. P. Brent, "Algorithms for Minimization without Derivatives", 1973, chapter 4). */
function rootBetween(f: (x: number) => number, from: number, to: number): number {
  let [a, b, c] = [from, to, from];
  let [fa, fb] = [f(a), f(b)];
  let fc = fa;
  let step = b - a;
  let before = step;
  for (;;) {
    if (Math.abs(fc) < Math.abs(fb)) {
      [a, b, c] = [b, c, b];
      [fa, fb, fc] = [fb, fc, fb];
    }
    const allowed = 2 * Number.EPSILON * Math.abs(b) + tolerance;
    const half = (c - b) / 2;
    if (Math.abs(half) <= allowed || fb === 0) return b;
    const proposed =
      Math.abs(before) < allowed || Math.abs(fa) <= Math.abs(fb) ? null : interpolated(a, b, c, fa, fb, fc);
    const isUsable =
      proposed !== null &&
      2 * Math.abs(proposed) < Math.min(3 * Math.abs(half) - allowed, Math.abs(before)) &&
      Math.sign(proposed) === Math.sign(half);
    before = isUsable ? step : half;
    step = isUsable ? proposed : half;
    [a, fa] = [b, fb];
    b += Math.abs(step) > allowed ? step : Math.sign(half) * allowed;
    fb = f(b);
    if (fb > 0 === fc > 0) {
      [c, fc] = [a, fa];
      step = b - a;
      before = step;
    }
  }
}

/** The step to where a line through two points, or an inverse parabola through three, is zero. */
function interpolated(a: number, b: number, c: number, fa: number, fb: number, fc: number): number {
  const s = fb / fa;
  if (a === c) return ((c - b) * s) / (1 - s);
  const q = fa / fc;
  const r = fb / fc;
  const p = s * ((c - b) * q * (q - r) - (b - a) * (r - 1));
  return -p / ((q - 1) * (r - 1) * (s - 1));
}
