import type { AnyPolicy } from '@bluegreen/machine';

/** The release that is measured: two shifts, a guardrail, a bake, an hour of retention; 80 simulated minutes. */
export const careful: AnyPolicy = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } },
  shift: [{ to: 5, hold: '5m' }, { to: 50, hold: '5m' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '10m', gates: [{ analysis: 'errors' }] },
  retire: { after: '1h' },
};

/** Nine shifts and a bake of a minute each, judged every second: 600 ticks. */
export const tenSteps: AnyPolicy = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50, every: '1s' } },
  shift: [...[1, 2, 5, 10, 20, 30, 40, 50, 75].map((to) => ({ to, hold: '1m' as const })), { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '1m' },
  retire: { after: 'immediately' },
};
