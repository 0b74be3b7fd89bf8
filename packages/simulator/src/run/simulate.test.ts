import { describe, expect, it } from 'vitest';
import { errors } from '../world/behaviour.js';
import { simulate } from './simulate.js';

const careful = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } },
  shift: [{ to: 5, hold: '5m' }, { to: 50, hold: '5m' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '10m', gates: [{ analysis: 'errors' }] },
  retire: { after: '1h' },
} as const;

describe('a simulated release', () => {
  it('promotes a good version', () => {
    const run = simulate({ policy: careful, seed: 7 });
    expect(run.outcome.kind).toBe('promoted');
  });
  it('rolls a bad version back', () => {
    const run = simulate({ policy: careful, seed: 7, candidate: errors({ rate: 0.05 }) });
    expect(run.outcome).toMatchObject({ kind: 'rolled-back', cause: { code: 'guardrail-failed' } });
  });
});
