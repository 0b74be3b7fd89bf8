import type { AnyPolicy } from '@bluegreen/machine';
import { expect, it } from 'vitest';
import { errors, healthy } from '../world/behaviour.js';
import { simulateCrashes } from './crash.js';
import { simulate } from './simulate.js';

const gates = [{ analysis: 'errors' }];
const policy: AnyPolicy = {
  analyses: { errors: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.01 } },
  shift: [{ to: 10, raise: { to: 40 }, hold: '5m', gates }, { to: 100 }],
  retire: { after: '1m', drain: '5s' },
  limits: { decide: '55m' },
};
const world = { policy, traffic: '10rps', active: healthy(0.003) } as const;

function moves(run: ReturnType<typeof simulate>): readonly string[] {
  return run.records.flatMap(({ event }) =>
    event.type === 'weight-raised' || event.type === 'weight-lowered' ? [`${event.from} to ${event.percent}`] : [],
  );
}

it('decides about a good version at little traffic, where a fixed percent does not', () => {
  const raised = simulate({ ...world, seed: 2, candidate: healthy(0.003) });
  expect(moves(raised)).toEqual(['10 to 20', '20 to 40']);
  expect(raised.outcome.kind).toBe('promoted');
  const fixed = { ...policy, shift: [{ to: 10, hold: '5m', gates }, { to: 100 }] } as AnyPolicy;
  expect(simulate({ ...world, policy: fixed, seed: 2, candidate: healthy(0.003) }).state.cause?.code).toBe(
    'gate-undecided',
  );
});

it('takes users back from a version that begins to look bad, before it is proven', () => {
  const run = simulate({ ...world, seed: 4, candidate: errors({ rate: 0.009 }) });
  expect(run.outcome.kind).toBe('rolled-back');
  expect(moves(run)).toContain('40 to 10');
});

it('never goes beyond the percent that the policy allows, nor up while the gate has time enough', () => {
  for (let seed = 1; seed <= 3; seed++) {
    const run = simulate({ ...world, traffic: '2000rps', seed, candidate: healthy(0.003) });
    expect(moves(run)).toEqual([]);
  }
});

it('raises in the same way after a crash at any of its records', { timeout: 120_000 }, () => {
  const options = { ...world, seed: 2, candidate: healthy(0.003) };
  const calm = simulateCrashes(options);
  const raise = calm.boundaries.findIndex(
    ({ kind, what }) => kind === 'after-append' && what.includes('weight-raised'),
  );
  expect(raise).toBeGreaterThan(0);
  for (const boundary of [raise - 1, raise, raise + 1]) {
    const crashed = simulateCrashes(options, [{ boundary, absentMs: 5_000 }]);
    expect(crashed.state.phase).toBe('promoted');
    const percents = crashed.records.flatMap(({ event }) => (event.type === 'weight-raised' ? [event.percent] : []));
    expect(percents).toEqual([20, 40]);
  }
});
