import type { MetricReading, MetricSignal, Slot } from '@bluegreen/contract';
import { judgeThreshold } from '@bluegreen/gates';
import type { Effect, Evidence, Verdict } from '@bluegreen/machine';

export type JudgeEffect = Effect & { readonly kind: 'judge' };

/** The signals that an analysis of each kind reads. */
export const signalsOf: Readonly<Record<'threshold', readonly MetricSignal[]>> = {
  threshold: ['requests', 'errors'],
};

export type Readings = Readonly<Record<string, Readonly<Record<MetricSignal, MetricReading>>>>;

/** What to ask the metric source: everything since the gate opened, at most one window back. */
export function windowOf(effect: JudgeEffect, now: number): { readonly fromMs: number; readonly toMs: number } {
  return { fromMs: Math.max(effect.openedAt, now - effect.analysis!.windowMs), toMs: now };
}

/** Judges every service; the worst word decides: fail, then error, then inconclusive. */
export function judgeAnalysis(
  effect: JudgeEffect,
  readings: Readings,
  now: number,
): { readonly verdict: Verdict; readonly evidence: Evidence } {
  const { fromMs, toMs } = windowOf(effect, now);
  let worst: { verdict: Verdict; evidence: Evidence } | null = null;
  for (const [name, subject] of Object.entries(effect.subjects)) {
    const { requests, errors } = readings[name]!;
    const slot: Slot = subject.candidate;
    const judged = judgeThreshold(effect.analysis!, { requests, errors, slot, fromMs, toMs });
    if (worst === null || severity(judged.verdict) > severity(worst.verdict)) worst = judged;
  }
  return worst ?? { verdict: 'error', evidence: { summary: 'no service to judge' } };
}

function severity(verdict: Verdict): number {
  return ['pass', 'inconclusive', 'error', 'fail'].indexOf(verdict);
}
