import type { AnyPolicy } from '@bluegreen/machine';
import { describe, expect, test } from 'vitest';
import { scenarioNamed } from './catalogue.js';
import { missed, runScenario } from './scenario.js';

/** What one would write with comparisons: errors and latency against the active slot. */
const comparing: AnyPolicy = {
  analyses: {
    errors: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.01 },
    latency: { kind: 'latency', quantiles: [0.5, 0.9, 0.99], maxSlowdown: 1.2, warmUp: '5m' },
  },
  shift: [{ to: 5, hold: '5m' }, { to: 50, hold: '10m' }, { to: 100 }],
  guardrails: ['errors', 'latency'],
  bake: { for: '30m' },
  retire: { after: '1h' },
};

describe('a policy that compares', () => {
  test.each([
    'healthy',
    'double-errors',
    'slow-25pct',
    'tail-only',
    'cohort-bug',
    'flat-5pct',
    'noisy-bursts',
    'cold-good',
    'background-incident',
    'diurnal-double',
    'slow-resolvers',
    'total-failure',
    'late-onset',
  ])('does what %s asks for', { timeout: 60_000 }, (name) => {
    const scenario = scenarioNamed(name)!;
    for (const seed of [1, 2]) {
      const run = runScenario(scenario, { policy: comparing, seed });
      expect(missed(scenario, run), `seed ${seed}`).toEqual([]);
    }
  });
});
