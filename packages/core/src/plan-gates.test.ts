import { compilePolicy } from '@bluegreen/machine';
import { expect, it } from 'vitest';
import { gateFindings, planGates } from './plan-gates.js';

const policy = compilePolicy({
  analyses: {
    errors: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.01 },
    rate: { kind: 'threshold', maxRate: 0.01, window: '5m', minSamples: 50 },
  },
  shift: [
    { to: 10, hold: '30m', gates: [{ analysis: 'errors' }, { analysis: 'rate' }] },
    { to: 45, hold: '30m', gates: [{ analysis: 'errors' }] },
    { to: 100, gates: [{ analysis: 'errors' }] },
  ],
});

it('says of each comparing gate below 100 % whether it decides in its time, and warns where it hardly does', () => {
  const busy = planGates(policy, { requestsPerSecond: 500, errorRate: 0.003 });
  expect(busy.map(({ gate, decides }) => [gate, decides])).toEqual([
    ['shift[0]/errors', 'in-time'],
    ['shift[1]/errors', 'in-time'],
  ]);
  expect(gateFindings(busy)).toEqual([]);
  const quiet = planGates(policy, { requestsPerSecond: 5, errorRate: 0.003 });
  expect(quiet[0]).toMatchObject({ decides: 'too-late', givenMs: 3_600_000 });
  const [first] = gateFindings(quiet);
  expect(first).toMatchObject({ severity: 'warn', code: 'release/gate-underpowered' });
  expect(first!.message).toContain('shift[0]/errors: a good version takes about');
});
