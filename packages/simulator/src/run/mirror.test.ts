import { describe, expect, it } from 'vitest';
import { errors } from '../world/behaviour.js';
import { simulateCrashes } from './crash.js';
import { some } from './explore.fixture.js';
import { explore, printExploration } from './explore.js';
import type { SimulateOptions } from './setting.js';
import { simulate } from './simulate.js';
import { crashTroubles, faultTroubles, type Trouble } from './trouble.js';

const policy = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } },
  shift: [{ mirror: 20, hold: '5m', gates: [{ analysis: 'errors' }] }, { to: 5, hold: '5m' }, { to: 100 }],
  guardrails: ['errors'],
  retire: { after: 'immediately', candidate: 'retire' },
} as const;

describe('a simulated mirror', () => {
  it('shows a bad version before any user meets it, and counts no copy as a request of theirs', () => {
    const run = simulate({ policy, seed: 7, traffic: '100rps', candidate: errors({ rate: 0.5 }) });
    expect(run.outcome).toMatchObject({ kind: 'rolled-back', cause: { code: 'gate-failed', gate: 'shift[0]/errors' } });
    expect(run.impact).toMatchObject({ candidateRequests: 0, candidateFailed: 0, firstUserMs: null });
    const { copied, requests } = run.ledger.deployments.find(({ owner }) => owner !== null)!;
    expect(requests).toBe(0);
    // A fifth of 100 requests per second, from the first minute of the window on.
    expect(copied).toBeGreaterThan(500);
    expect(run.impact.failedShare).toBeLessThan(0.002);
  });

  it('lets a good version go on, and is off at the end', () => {
    const run = simulate({ policy, seed: 7, traffic: '100rps' });
    expect(run.outcome.kind).toBe('promoted');
    const targets = run.ledger.routing.map(({ routing }) => (routing.kind === 'split' ? routing.target : null));
    expect(targets.some((target) => target?.mirror?.percent === 20)).toBe(true);
    expect(targets.at(-1)?.mirror).toBeNull();
  });

  it('costs a release without one not a byte: who reads and what is drawn stays as it was', () => {
    const { shift: _, ...rest } = policy;
    const plain = { ...rest, shift: [{ to: 100 }] } as const;
    const run = simulate({ policy: plain, seed: 7, traffic: '100rps' });
    for (const deployment of run.ledger.deployments) expect(deployment).not.toHaveProperty('copied');
  });

  const troubled = (seed: number) =>
    ({
      policy: { ...policy, limits: { total: '1h', settle: '1m', call: '10s', poll: '4s' } },
      seed,
      held: { afterMs: 20_000, command: 'resume' },
    }) as const;

  /** Why requests would still be copied after a release that has ended; empty when they are not. */
  const leftOn = (options: SimulateOptions, troubles: readonly Trouble[]) =>
    troubles.filter(({ faults, crashes }) => {
      const { state, ledger } = simulateCrashes({ ...options, faults }, crashes);
      const last = ledger.routing.at(-1)!.routing;
      const isOver = state.phase === 'promoted' || state.phase === 'rolled-back';
      return isOver && last.kind === 'split' && last.target.mirror !== null;
    });

  it('is off in the end, wherever the orchestrator dies', { timeout: 600_000 }, () => {
    const options = troubled(3);
    const troubles = some(crashTroubles(simulateCrashes(options)), 40);
    expect(printExploration(explore(options, troubles))).toBe('');
    expect(leftOn(options, troubles)).toEqual([]);
  });

  it('is off in the end, whichever call fails', { timeout: 600_000 }, () => {
    const options = troubled(4);
    const partly = [1, 2, 3, 4, 5].map((call): Trouble => {
      const fault = { at: { operation: 'route', call }, fault: 'partial', part: 'mirror' } as const;
      return { faults: [fault], crashes: [] };
    });
    const troubles = [...some(faultTroubles(options, simulateCrashes(options)), 60), ...partly];
    expect(printExploration(explore(options, troubles))).toBe('');
    expect(leftOn(options, troubles)).toEqual([]);
  });
});
