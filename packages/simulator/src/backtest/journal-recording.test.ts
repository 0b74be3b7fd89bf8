import { definePolicy } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { simulate } from '../run/simulate.js';
import { errors, healthy } from '../world/behaviour.js';
import { backtest } from './backtest.js';
import { recordingOfJournal } from './journal-recording.js';

const policy = definePolicy({
  analyses: { errors: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.05 } },
  shift: [{ to: 20, hold: '20m', gates: [{ analysis: 'errors' }] }, { to: 50, hold: '10m' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '10m', gates: [{ analysis: 'errors' }] },
  retire: { after: 'immediately' },
});
const about = { name: 'v2', service: 'web' };

describe('a journal as a recording', () => {
  const run = simulate({ policy, traffic: '200rps', candidate: healthy(0.003), active: healthy(0.003), seed: 5 });
  const recording = recordingOfJournal(run.records, about);

  it('has what the judges had counted, once, and nothing that users did not send', () => {
    expect(run.outcome.kind).toBe('promoted');
    const sum = (role: 'active' | 'candidate', what: 'requests' | 'errors') =>
      recording.cells.reduce((total, cell) => total + cell[role][what], 0);
    const candidate = run.impact.candidateRequests;
    expect(sum('candidate', 'requests')).toBeGreaterThan(0.6 * candidate);
    expect(sum('candidate', 'requests')).toBeLessThanOrEqual(candidate);
    expect(sum('candidate', 'errors')).toBeLessThanOrEqual(run.impact.candidateFailed);
    expect(sum('active', 'requests')).toBeGreaterThan(0);
    recording.cells.slice(1).forEach(({ fromMs }, index) => {
      expect(fromMs).toBeGreaterThanOrEqual(recording.cells[index]!.toMs);
    });
  });

  it('of a version that was stopped holds what stopped it', () => {
    const bad = simulate({
      policy,
      traffic: '20rps',
      candidate: errors({ rate: 0.02 }),
      active: healthy(0.003),
      seed: 5,
    });
    expect(bad.outcome.kind).toBe('rolled-back');
    const { cells } = recordingOfJournal(bad.records, { ...about, truth: 'bad' });
    const asked = cells.reduce((total, { candidate }) => total + candidate.requests, 0);
    const failed = cells.reduce((total, { candidate }) => total + candidate.errors, 0);
    expect(failed / asked).toBeGreaterThan(0.01);
  });

  it('can be replayed', () => {
    expect(backtest(policy, recording).usedShare).toBeGreaterThan(0.5);
  });

  it('is refused where no judge left counts', () => {
    const plain = definePolicy({ shift: [{ to: 100 }] });
    const { records } = simulate({ policy: plain });
    expect(() => recordingOfJournal(records, about)).toThrow('simulator/recording-invalid');
    expect(() => recordingOfJournal(run.records, { ...about, service: 'api' })).toThrow('api');
  });
});
