/**
 * How a metric of Argo Rollouts' AnalysisTemplate is judged: what it says of each measurement, when it is over, and how.
 * For comparing and for importing; it knows no sample sizes. Source: argoproj/argo-rollouts, commit 9f8d111 (2026-08-17).
 */
export interface ArgoMetric {
  /** On the value of a measurement. It may throw, as `result[0]` of an empty vector does. */
  readonly successCondition?: (value: number) => boolean;
  readonly failureCondition?: (value: number) => boolean;
  readonly hasInterval?: boolean;
  /** 0 and absent: one measurement without an interval, no end with one. */
  readonly count?: number;
  /** Default 0; -1 switches it off. */
  readonly failureLimit?: number;
  readonly inconclusiveLimit?: number;
  readonly consecutiveErrorLimit?: number;
  /** Default 0: off. */
  readonly consecutiveSuccessLimit?: number;
}

export type ArgoResult = 'successful' | 'failed' | 'inconclusive' | 'error';
export type ArgoPhase = ArgoResult | 'running';

export interface ArgoState {
  readonly phase: ArgoPhase;
  readonly successful: number;
  readonly failed: number;
  readonly inconclusive: number;
  readonly consecutiveErrors: number;
  readonly consecutiveSuccesses: number;
}

export const beginArgo: ArgoState = {
  phase: 'running',
  successful: 0,
  failed: 0,
  inconclusive: 0,
  consecutiveErrors: 0,
  consecutiveSuccesses: 0,
};

/** One measurement. `value: null` with no error is an empty answer, which the usual condition `result[0]` can't read. */
export function measureArgo(
  metric: ArgoMetric,
  measured: { readonly value: number | null; readonly isError?: boolean },
): ArgoResult {
  if (measured.isError === true || measured.value === null) return 'error';
  const { successCondition, failureCondition } = metric;
  const { value } = measured;
  try {
    if (successCondition === undefined && failureCondition === undefined) return 'successful';
    // NaN makes every comparison false: success-only fails, failure-only passes.
    if (failureCondition?.(value) === true) return 'failed';
    if (successCondition === undefined) return 'successful';
    if (successCondition(value)) return 'successful';
    return failureCondition === undefined ? 'failed' : 'inconclusive';
  } catch {
    return 'error';
  }
}

/** Takes one result. A metric that is over takes none. */
export function addToArgo(metric: ArgoMetric, state: ArgoState, result: ArgoResult): ArgoState {
  if (state.phase !== 'running') return state;
  const next: ArgoState = {
    ...state,
    successful: state.successful + (result === 'successful' ? 1 : 0),
    failed: state.failed + (result === 'failed' ? 1 : 0),
    inconclusive: state.inconclusive + (result === 'inconclusive' ? 1 : 0),
    consecutiveErrors: result === 'error' ? state.consecutiveErrors + 1 : 0,
    consecutiveSuccesses: result === 'successful' ? state.consecutiveSuccesses + 1 : 0,
  };
  return { ...next, phase: phaseOf(metric, next) };
}

function phaseOf(metric: ArgoMetric, state: ArgoState): ArgoPhase {
  const { failureLimit = 0, inconclusiveLimit = 0, consecutiveErrorLimit = 4, consecutiveSuccessLimit = 0 } = metric;
  // Passed together, the more cautious word wins.
  if (state.consecutiveErrors > consecutiveErrorLimit) return 'error';
  if (state.inconclusive > inconclusiveLimit) return 'inconclusive';
  if (failureLimit >= 0 && state.failed > failureLimit) return 'failed';
  if (consecutiveSuccessLimit > 0 && state.consecutiveSuccesses >= consecutiveSuccessLimit) return 'successful';
  const counted = state.successful + state.failed + state.inconclusive;
  const count = metric.count ?? 0;
  const wanted = count > 0 ? count : metric.hasInterval === true ? Number.POSITIVE_INFINITY : 1;
  if (counted < wanted) return 'running';
  if (consecutiveSuccessLimit === 0) return 'successful';
  return failureLimit >= 0 ? 'inconclusive' : 'failed';
}

/** Ends a metric from outside: whatever broke no limit becomes successful, measured or not. */
export function terminateArgo(state: ArgoState): ArgoState {
  return state.phase === 'running' ? { ...state, phase: 'successful' } : state;
}

const severity: readonly ArgoPhase[] = ['successful', 'inconclusive', 'error', 'failed'];

/** The phase of a run: running until every metric is over, then the worst; the first bad one ends the others. */
export function argoRun(metrics: readonly (ArgoState & { readonly dryRun?: boolean })[]): ArgoPhase {
  const deciding = metrics.filter(({ dryRun }) => dryRun !== true);
  const worst = deciding.reduce<ArgoPhase>(
    (found, { phase }) => (severity.indexOf(phase) > severity.indexOf(found) ? phase : found),
    'successful',
  );
  if (worst !== 'successful') return worst;
  return metrics.some(({ phase }) => phase === 'running') ? 'running' : 'successful';
}
