/**
 * How Flagger judges a canary: one tick per interval, a counter of failed checks that only a new revision resets. For
 * comparing and for importing. Source: fluxcd/flagger, commit 15bd6ad (2026-07-21).
 */
export interface FlaggerAnalysis {
  /** Failed checks that roll back. Default 1. */
  readonly threshold?: number;
  /** Good ticks before the promotion, as `iterations`, or as the steps of a ramp. */
  readonly iterations: number;
  readonly metrics: readonly FlaggerMetric[];
}

export interface FlaggerMetric {
  readonly name: string;
  /** Both ends are good. */
  readonly thresholdRange?: { readonly min?: number; readonly max?: number };
  /** The old form: a minimum for `request-success-rate`, else a maximum. */
  readonly threshold?: number;
}

export interface FlaggerState {
  readonly phase: 'progressing' | 'failed' | 'promoted';
  readonly failedChecks: number;
  readonly good: number;
}

export const beginFlagger: FlaggerState = { phase: 'progressing', failedChecks: 0, good: 0 };

/** One tick. `values` per metric; no value, NaN and a failed query are `null` or NaN, and fail the check. */
export function tickFlagger(
  analysis: FlaggerAnalysis,
  state: FlaggerState,
  values: Readonly<Record<string, number | null>>,
): FlaggerState {
  if (state.phase !== 'progressing') return state;
  // The counter is looked at when the next tick begins, not when the check fails.
  if (state.failedChecks >= (analysis.threshold ?? 1)) return { ...state, phase: 'failed' };
  const failed = analysis.metrics.some((metric) => !isGood(metric, values[metric.name] ?? null));
  if (failed) return { ...state, failedChecks: state.failedChecks + 1 };
  const good = state.good + 1;
  return { ...state, good, phase: good >= analysis.iterations ? 'promoted' : 'progressing' };
}

function isGood({ name, thresholdRange, threshold }: FlaggerMetric, value: number | null): boolean {
  if (value === null || Number.isNaN(value)) return false;
  // Only whole milliseconds of the duration count.
  const seen = name === 'request-duration' ? Math.trunc(value) : value;
  if (thresholdRange !== undefined) {
    const { min = Number.NEGATIVE_INFINITY, max = Number.POSITIVE_INFINITY } = thresholdRange;
    return seen >= min && seen <= max;
  }
  if (threshold === undefined) return true;
  return name === 'request-success-rate' ? seen >= threshold : seen <= threshold;
}
