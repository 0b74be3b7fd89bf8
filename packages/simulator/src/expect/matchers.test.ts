import '../vitest.js';
import { describe, expect, it } from 'vitest';
import { simulate } from '../run/simulate.js';
import { errors, neverReady } from '../world/behaviour.js';
import { assertRun } from './assert-run.js';
import { rolledBack } from './outcomes.js';

const policy = {
  analyses: { errors: { kind: 'threshold', maxRate: 0.01, window: '1m', minSamples: 50 } },
  verify: { gates: [{ approval: 'go', from: ['sre'], expires: '1h', onExpiry: 'rollback' }] },
  shift: [{ to: 10, hold: '2m' }, { to: 100 }],
  guardrails: ['errors'],
  bake: { for: '5m', gates: [{ analysis: 'errors' }] },
  retire: { after: '10m' },
} as const;

const good = simulate({ policy, seed: 7, traffic: '200rps' });
const bad = simulate({ policy, seed: 7, traffic: '200rps', candidate: errors({ rate: 0.05 }) });
const unapproved = simulate({ policy, seed: 7, approval: 'never' });
const unready = simulate({ policy, seed: 7, candidate: neverReady() });

function messageOf(check: () => void): string {
  try {
    check();
  } catch (error) {
    return (error as Error).message;
  }
  return 'passed';
}

describe('what a test expects of a release', () => {
  it('holds where the run does it', () => {
    expect(good).toHaveBeenPromoted({ within: '20m' });
    expect(good).toHaveWaitedForApproval('go');
    expect(good).toHaveKeptOldUntil('10m');
    expect(good).toHaveKeptOldUntil('promotion');
    expect(good).toHaveNeverRoutedToUnready();
    expect(good).toHaveKeptPromises();
    expect(good).toHaveRunDoubleAtMost(2);
    expect(bad).toHaveRolledBack({ within: '4m', because: 'errors' });
    expect(bad).toHaveRolledBack({ because: 'guardrail-failed' });
    expect(bad).toHaveDetectedWithin('2m');
    expect(bad).toHaveFailedRequestsBelow(0.005);
    expect(bad).toHaveFailedRequestsBelow({ count: 500 });
    expect(bad).toHaveExposedAtMost(5_000);
    expect(unready).toHaveRolledBack({ because: 'never-ready' });
    expect(unready).toHaveExposedAtMost(0);
    expect(unapproved).toHaveRolledBack({ because: 'approval-expired' });
    expect(good).not.toHaveRolledBack();
    expect(good).not.toHaveEndedStuck();
  });

  it.each<[what: string, check: () => void, why: RegExp]>([
    ['another end', () => expect(good).toHaveRolledBack(), /but it ended promoted: /],
    ['another cause', () => expect(bad).toHaveRolledBack({ because: 'latency' }), /because of guardrail\/errors: /],
    ['a slow way back', () => expect(bad).toHaveRolledBack({ within: '1s' }), /longer than 1s/],
    ['too many failed requests', () => expect(bad).toHaveFailedRequestsBelow(0.000001), /requests failed, 0\.\d+ %/],
    ['an approval that nobody gave', () => expect(bad).toHaveWaitedForApproval('stop'), /nobody was asked for stop/],
    ['an old slot that is gone', () => expect(good).toHaveKeptOldUntil('5h'), /too early/],
    ['too much exposure', () => expect(bad).toHaveExposedAtMost(1), /requests reached it/],
    ['nothing to detect', () => expect(good).toHaveDetectedWithin('1m'), /no rollback began/],
    ['what it should not do', () => expect(good).not.toHaveBeenPromoted(), /which it should not have/],
  ])('fails on %s, and says the seed, the reason and the release', (_, check, why) => {
    const message = messageOf(check);
    expect(message).toMatch(why);
    expect(message).toMatch(/seed 7: \d+ of \d+ requests failed/);
    expect(message).toMatch(/├─ . prepare/);
  });

  it('fails on what is no run, as a promise is none', () => {
    expect(messageOf(() => expect(Promise.resolve(good)).toHaveBeenPromoted())).toMatch(/has to be awaited/);
  });

  it('is asserted by a plain function in every other runner', () => {
    assertRun(bad, rolledBack({ within: '4m' }));
    expect(messageOf(() => assertRun(good, rolledBack()))).toMatch(/expected that the release was rolled back, but it/);
  });
});

describe('a simulated run', () => {
  it('tells when users met the new version, what they lost and what it cost', () => {
    const { impact, cost, timeline, requests } = bad;
    expect(impact.requests).toBe(requests.blue.requests + requests.green.requests);
    expect(impact.failed).toBe(impact.candidateFailed);
    expect(impact.candidateFailed / impact.candidateRequests).toBeCloseTo(0.05, 1);
    expect(impact.returnedMs).toBeGreaterThanOrEqual(impact.detectedMs!);
    expect(timeline.weights.map(({ green }) => green)).toEqual([0, 10, 0]);
    expect(timeline.phases.map(({ phase }) => phase)).toEqual([
      'preparing',
      'verifying',
      'shifting',
      'rolling-back',
      'rolled-back',
    ]);
    expect(cost.instanceHours).toBeGreaterThan(cost.doubleRunningHours);
    expect(cost.doubleRunningHours).toBeGreaterThan(0);
  });

  it('counts the instances of the smaller slot as the price of running both', () => {
    const { cost, ledger } = good;
    const hours = (ledger.at - ledger.startedAt) / 3_600_000;
    expect(cost.instanceHours).toBeLessThan(6 * hours + 1e-9);
    expect(cost.instanceHours).toBeCloseTo(3 * hours + cost.doubleRunningHours, 6);
  });
});
