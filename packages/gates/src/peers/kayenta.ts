import { mannWhitneyShift } from './mann-whitney.js';

/**
 * How Kayenta's NetflixACAJudge judges: each metric as two series with one value per time step, then a score. For comparing
 * and for importing; it knows no sample sizes, and a step with six requests weighs as much as one with 60,000. Outliers are
 * kept, as by default. Source: spinnaker/kayenta, commit a69573b (2025-04-08).
 */
export interface KayentaMetric {
  readonly name: string;
  readonly group?: string;
  /** Which way is bad. Default `either`. */
  readonly direction?: 'increase' | 'decrease' | 'either';
  /** What becomes of a step without a value: left out (default), or taken for 0. */
  readonly nanStrategy?: 'remove' | 'replace';
  /** Without data it counts as failed. */
  readonly mustHaveData?: boolean;
  /** Anything but a pass makes the whole score 0. */
  readonly critical?: boolean;
  /** Shown and not counted. */
  readonly muted?: boolean;
  /** What the effect is: the ratio of the means (default), or the chance that a candidate's value is the larger one. */
  readonly effectSize?: 'mean-ratio' | 'cles';
  /** The least effect that is high. Default 1, with `cles` 0.5. */
  readonly allowedIncrease?: number;
  /** The greatest effect that is low. The same defaults. */
  readonly allowedDecrease?: number;
}

/** One value per time step; NaN where nothing was measured. */
export interface KayentaSeries {
  readonly control: readonly number[];
  readonly candidate: readonly number[];
}

export type KayentaClass = 'pass' | 'high' | 'low' | 'nodata' | 'nodata-fail' | 'error';

const confidence = 0.98;
const tolerance = 0.25;
const noiseShare = 1e-5;

/** One metric. `random` gives uniform numbers below 1: both series constant and unlike get noise, as there. */
export function classifyKayenta(metric: KayentaMetric, series: KayentaSeries, random: () => number): KayentaClass {
  const control = prepared(metric, series.control);
  const candidate = prepared(metric, series.candidate);
  if (control.length === 0 || candidate.length === 0) {
    if (metric.nanStrategy === 'replace') return 'pass';
    return metric.mustHaveData === true && metric.critical !== true ? 'nodata-fail' : 'nodata';
  }
  if (new Set([...control, ...candidate]).size === 1 || areEqual(control, candidate)) return 'pass';
  const isFlat = new Set(control).size === 1 && new Set(candidate).size === 1;
  const [x, y] = isFlat ? [withNoise(candidate, random), withNoise(control, random)] : [candidate, control];
  const { lower, estimate, upper } = mannWhitneyShift(x, y, confidence);
  if (![lower, estimate, upper].every(Number.isFinite)) return 'error';
  const { direction = 'either', effectSize = 'mean-ratio' } = metric;
  const unchanged = effectSize === 'cles' ? 0.5 : 1;
  const effect = effectSize === 'cles' ? chanceOfMore(candidate, control) : meanRatio(candidate, control);
  const isMore = effect === null || effect >= (metric.allowedIncrease ?? unchanged);
  const isLess = effect === null || effect <= (metric.allowedDecrease ?? unchanged);
  if (direction !== 'decrease' && lower > tolerance * Math.abs(estimate) && isMore) return 'high';
  if (direction !== 'increase' && upper < -tolerance * Math.abs(estimate) && isLess) return 'low';
  return 'pass';
}

export interface KayentaThresholds {
  readonly pass: number;
  readonly marginal: number;
}

/** What `classifyKayenta` said of a metric. */
export interface KayentaJudged {
  readonly metric: KayentaMetric;
  readonly is: KayentaClass;
}

/**
 * The score, 0 to 100 with two decimals, and its label. `weights` per group; groups without one share what is left of 100.
 * Metrics without data leave the count, and a group of only such ones has 100; half of all without data makes it 0.
 */
export function scoreKayenta(
  judged: readonly KayentaJudged[],
  weights: Readonly<Record<string, number>>,
  thresholds: KayentaThresholds,
): { readonly score: number; readonly label: 'pass' | 'marginal' | 'fail' } {
  const counted = judged.filter(({ metric }) => metric.muted !== true);
  const empty = counted.filter(({ is }) => is === 'nodata').length;
  const isLost = counted.some(({ metric, is }) => metric.critical === true && is !== 'pass' && is !== 'error');
  const score = isLost || 2 * empty >= Math.max(1, counted.length) ? 0 : weighted(counted, weights);
  const label = score >= thresholds.pass ? 'pass' : score >= thresholds.marginal ? 'marginal' : 'fail';
  return { score, label };
}

function weighted(counted: readonly KayentaJudged[], weights: Readonly<Record<string, number>>): number {
  const groups = new Set(counted.map(groupOf));
  const unnamed = [...groups].filter((name) => weights[name] === undefined).length;
  const left = Math.max(0, 100 - Object.values(weights).reduce((sum, weight) => sum + weight, 0));
  let score = 0;
  for (const name of groups) {
    const deciding = counted.filter((one) => groupOf(one) === name && one.is !== 'nodata' && one.is !== 'error');
    const passed = deciding.filter(({ is }) => is === 'pass').length;
    const share = deciding.length === 0 ? 1 : passed / deciding.length;
    score += share * (weights[name] ?? left / unnamed);
  }
  return Math.round(score * 100) / 100;
}

function groupOf({ metric }: KayentaJudged): string {
  return metric.group ?? '';
}

function prepared({ nanStrategy = 'remove' }: KayentaMetric, values: readonly number[]): readonly number[] {
  if (nanStrategy === 'replace') return values.map((value) => (Number.isNaN(value) ? 0 : value));
  return values.filter((value) => !Number.isNaN(value));
}

function areEqual(some: readonly number[], others: readonly number[]): boolean {
  if (some.length !== others.length) return false;
  const sorted = others.toSorted((a, b) => a - b);
  return some.toSorted((a, b) => a - b).every((value, index) => value === sorted[index]);
}

function withNoise(values: readonly number[], random: () => number): readonly number[] {
  return values.map((value) => value + Math.abs(value) * noiseShare * random());
}

function chanceOfMore(some: readonly number[], others: readonly number[]): number {
  let wins = 0;
  for (const a of some) for (const b of others) wins += a > b ? 1 : a === b ? 0.5 : 0;
  return wins / (some.length * others.length);
}

/** `null` where a mean is 0: then the effect is no condition. */
function meanRatio(some: readonly number[], others: readonly number[]): number | null {
  const [of, to] = [mean(some), mean(others)];
  return of === 0 || to === 0 ? null : of / to;
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}
