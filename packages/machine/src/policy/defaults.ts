/**
 * What a policy that says nothing gets, in the policy's own words. `plan()` and the reference print it.
 *
 * `limits.total` is one day, and not a sum of the parts: long enough for every ramp that somebody attends, short enough
 * that a release which nobody attends ends by itself, and a limit that grew with every hold would not notice `'300m'` that
 * was meant to be `'30m'`. Longer bakes say so themselves.
 */
export const policyDefaults = {
  prepare: { readyWithin: '10m', capacity: 'match-active', autoscaling: 'leave', parity: 'ignore' },
  workers: { onRollback: 'gap' },
  analysis: { every: '10s' },
  /** Assumed, but for each `falsePass` and `warmUp`: docs/reference/gates.md says what they were measured against. */
  compared: { minSamples: 50, minTime: '5m', every: '15s' },
  errorRatio: { failAbove: 1, falsePass: 0.03 },
  latency: { warmUp: '15m', falsePass: 0.02 },
  raise: { every: '2m' },
  gate: { onFailure: 'rollback', dryRun: false },
  check: { timeout: '1m', attempts: 1 },
  approval: { count: 1, byRequester: 'refused' },
  webhook: { timeout: '10s', attempts: 5 },
  wait: { name: 'wait' },
  retire: { after: '1h', candidate: 'keep', drain: '30s' },
  limits: { total: '24h', call: '30s', settle: '5m', decide: '30m', attempts: 5, poll: '1s', falseFail: 0.01 },
} as const;
