import type { AnyPolicy } from '@bluegreen/machine';
import { expect, it } from 'vitest';
import { errors, healthy } from '../world/behaviour.js';
import { simulateCrashes } from './crash.js';
import { simulate } from './simulate.js';
import { simulateAsync } from './simulate-async.js';

const policy: AnyPolicy = {
  analyses: { errors: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.01 } },
  shift: [{ to: 10, hold: '10m', gates: [{ analysis: 'errors' }] }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '10m', gates: [{ analysis: 'errors' }] },
  retire: { after: '1m', drain: '5s' },
  limits: { decide: '50m' },
};

const world = { policy, traffic: '200rps', active: healthy(0.003) } as const;

it('promotes a version that is as good as the active one, and says with which numbers', () => {
  const run = simulate({ ...world, seed: 3, candidate: healthy(0.003) });
  expect(run.outcome.kind).toBe('promoted');
  const settled = run.records.flatMap(({ event }) => (event.type === 'gate-settled' ? [event] : []));
  const said = Object.fromEntries(settled.map(({ gate, verdict }) => [gate, verdict]));
  expect(said).toMatchObject({ 'shift[0]/errors': 'pass', 'bake/errors': 'pass' });
  const summary = (gate: string) => settled.find((event) => event.gate === gate)!.evidence!.summary;
  expect(summary('shift[0]/errors')).toContain('on the active slot');
  expect(summary('bake/errors')).toContain('nothing to compare with');
});

it('rolls a doubling back that stays below every absolute limit', () => {
  const run = simulate({ ...world, seed: 3, candidate: errors({ rate: 0.006 }) });
  expect(run.outcome).toMatchObject({ kind: 'rolled-back' });
  expect(run.state.cause!.evidence!.value).toBeLessThan(0.01);
  expect(run.state.cause!.message).toContain('times as many');
});

it('is the same release with callbacks and with promises', { timeout: 120_000 }, async () => {
  const options = { ...world, seed: 5, candidate: errors({ rate: 0.006 }) };
  const [sync, promised] = [simulate(options), await simulateAsync(options)];
  expect(promised.records).toEqual(sync.records);
});

it('goes on where it was after a crash: what was learnt lies in the journal', { timeout: 120_000 }, () => {
  const options = { ...world, seed: 3, candidate: healthy(0.003) };
  const calm = simulateCrashes(options);
  const remembered = calm.records.filter(({ event }) => event.type === 'gate-judged' && event.memory !== undefined);
  expect(remembered.length).toBeGreaterThan(4);
  const at = calm.boundaries.findIndex(({ kind, what }) => kind === 'after-append' && what.includes('gate-judged'));
  const crashed = simulateCrashes(options, [{ boundary: at + 40, absentMs: 20_000 }]);
  expect(crashed.state.phase).toBe('promoted');
  const samples = crashed.records.flatMap(({ event }) =>
    event.type === 'gate-judged' && event.gate === 'guardrail/errors' ? [event.evidence.samples ?? 0] : [],
  );
  // It never falls back: nothing that was measured is lost or counted twice.
  expect(samples).toEqual([...samples].sort((a, b) => a - b));
});
