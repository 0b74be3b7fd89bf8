import type { MetricReading, Slot, Verdict } from '@bluegreen/contract';
import { printDuration } from '@bluegreen/contract';
import { type Increase, increaseOf } from './increase.js';
import { unasked, WordedJudgement } from './judgement.js';
import { printCount, printPercentPair } from './print-number.js';
import { isReading } from './slot-cells.js';

/** An analysis of kind `threshold`, as the compiled policy holds it. */
export interface ThresholdLimits {
  /** Errors divided by requests, 0 to 1; exactly this much is still good. */
  readonly maxRate: number;
  readonly windowMs: number;
  /** Requests without which nothing is decided, neither way. */
  readonly minSamples: number;
}

/** What was measured for one slot. */
export interface ThresholdMeasurement {
  readonly requests: MetricReading;
  readonly errors: MetricReading;
  readonly slot: Slot;
  /** The later of the gate's opening and one window ago: nothing older is evidence. */
  readonly fromMs: number;
  /** Now, or the instant up to which the source is complete. */
  readonly toMs: number;
}

type Counted = Extract<Increase, { readonly kind: 'counted' }>;

/**
 * Judges an error rate against a fixed limit. Pure, and total: whatever comes in, a verdict comes out.
 *
 * - `fail`: the rate is above `maxRate` over at least `minSamples` requests. It needs neither a full window nor a fresh
 *   sample, because harm that was measured is harm. Below `minSamples` even 100 % is no fail; the evidence says how far.
 * - `pass`: at most `maxRate`, over at least `minSamples` requests, a full window since the gate opened, samples that span
 *   at least half of it, and the newest no older than half of it.
 * - `inconclusive` with a `reason`: `no-series`, `stale`, `no-requests`, `low-traffic`, `collecting` (the window is not full
 *   yet), `partial-window` (the samples span too little of it: it should be four scrape intervals or longer).
 * - `error` with a `reason`: `invalid-samples` (not finite, negative, not in order, no list), `errors-exceed-requests`,
 *   `invalid-limits`.
 *
 * A slot without any error series is `no-series`, never "no errors": a source must answer 0 for errors that did not
 * happen, or a broken query would pass every release.
 */
export function judgeThreshold(limits: ThresholdLimits, measured: ThresholdMeasurement): WordedJudgement {
  if (!areLimits(limits, measured))
    return unasked('error', 'invalid-limits', 'the limits or the window are not numbers', limits.maxRate);
  const { slot } = measured;
  const requestSeries = measured.requests?.[slot];
  const errorSeries = measured.errors?.[slot];
  if (!isReading(requestSeries) || !isReading(errorSeries)) {
    return unasked('error', 'invalid-samples', `the metric source gave no list of series for ${slot}`, limits.maxRate);
  }
  const requests = increaseOf(requestSeries, errorSeries, measured);
  const errors = increaseOf(errorSeries, requestSeries, measured);
  for (const increase of [requests, errors]) {
    if (increase.kind === 'invalid') return unasked('error', 'invalid-samples', increase.problem, limits.maxRate);
  }
  if (requests.kind !== 'counted') return noSeries('request', limits, measured);
  if (errors.kind !== 'counted') return noSeries('error', limits, measured);
  if (errors.count > requests.count) {
    const summary = `${printCount(errors.count)} errors of only ${printCount(requests.count)} requests in ${windowText(measured)}`;
    return unasked('error', 'errors-exceed-requests', summary, limits.maxRate);
  }
  return decide(limits, measured, requests, errors);
}

function decide(
  limits: ThresholdLimits,
  measured: ThresholdMeasurement,
  requests: Counted,
  errors: Counted,
): WordedJudgement {
  const windowMs = measured.toMs - measured.fromMs;
  const judgement = (verdict: Verdict, reason?: string, note?: () => string): WordedJudgement =>
    new WordedJudgement({ verdict, reason, exposure: undefined }, () => ({
      summary: summaryOf(limits, measured, requests, errors, note?.()),
      ...(reason === undefined ? {} : { reason }),
      ...(requests.count === 0 ? {} : { value: errors.count / requests.count }),
      limit: limits.maxRate,
      samples: requests.count,
      windowMs,
    }));
  const isEnough = requests.count > 0 && requests.count >= limits.minSamples;
  if (isEnough && errors.count / requests.count > limits.maxRate) return judgement('fail');
  const ageMs = measured.toMs - Math.min(requests.lastAt, errors.lastAt);
  const half = limits.windowMs / 2;
  if (ageMs > half) return judgement('inconclusive', 'stale', () => `the newest sample is ${printDuration(ageMs)} old`);
  const isFull = windowMs >= limits.windowMs;
  if (!isEnough) {
    const reason = !isFull ? 'collecting' : requests.count === 0 ? 'no-requests' : 'low-traffic';
    return judgement('inconclusive', reason, () => `${printCount(Math.max(1, limits.minSamples))} requests needed`);
  }
  if (!isFull) return judgement('inconclusive', 'collecting', () => `a full ${printDuration(limits.windowMs)} needed`);
  const spanMs = Math.min(requests.lastAt - requests.firstAt, windowMs);
  if (spanMs < half)
    return judgement('inconclusive', 'partial-window', () => `the samples span only ${printDuration(spanMs)}`);
  return judgement('pass');
}

function summaryOf(
  limits: ThresholdLimits,
  measured: ThresholdMeasurement,
  requests: Counted,
  errors: Counted,
  note: string | undefined,
): string {
  const [rate, limit] = printPercentPair(requests.count === 0 ? 0 : errors.count / requests.count, limits.maxRate);
  const resets = requests.resets + errors.resets;
  return [
    requests.count === 0
      ? `no requests in ${windowText(measured)}`
      : `errors ${rate} of ${printCount(requests.count)} requests in ${windowText(measured)}, limit ${limit}`,
    ...(note === undefined ? [] : [note]),
    ...(resets === 0 ? [] : [`${resets} counter ${resets === 1 ? 'reset' : 'resets'}`]),
  ].join('; ');
}

function noSeries(signal: string, limits: ThresholdLimits, measured: ThresholdMeasurement): WordedJudgement {
  const reason = 'no-series';
  return new WordedJudgement({ verdict: 'inconclusive', reason, exposure: undefined }, () => {
    const summary = `no ${signal} series for ${measured.slot} in ${windowText(measured)}`;
    return { summary, reason, limit: limits.maxRate, windowMs: measured.toMs - measured.fromMs };
  });
}

function windowText({ fromMs, toMs }: ThresholdMeasurement): string {
  return printDuration(toMs - fromMs);
}

function areLimits({ maxRate, windowMs, minSamples }: ThresholdLimits, measured: ThresholdMeasurement): boolean {
  return (
    maxRate >= 0 &&
    maxRate <= 1 &&
    Number.isFinite(windowMs) &&
    windowMs > 0 &&
    Number.isFinite(minSamples) &&
    Number.isFinite(measured.fromMs) &&
    Number.isFinite(measured.toMs) &&
    measured.fromMs <= measured.toMs
  );
}
