import '@bluegreen/simulator/vitest';
import { errors, missed, neverReady, runScenario, simulate } from '@bluegreen/simulator';
import {
  candidateDies,
  capacityCliff,
  coldGood,
  controllerCrash,
  emptyMetrics,
  endpointBug,
  flat5pct,
  healthyRelease,
  lateOnset,
  nobodyApproves,
} from '@bluegreen/simulator/scenarios';
import { describe, expect, it } from 'vitest';
import { policy } from './policy.js';
import { quietEvening, rushHour } from './rush-hour.js';

describe('our release policy', () => {
  it('promotes a good version within two hours, and asks first', () => {
    const run = simulate({ policy, seed: 7, traffic: '200rps' });
    expect(run).toHaveBeenPromoted({ within: '2h' });
    expect(run).toHaveWaitedForApproval('go-live');
    expect(run).toHaveKeptOldUntil('1h');
    expect(run).toHaveKeptPromises();
  });

  it('takes a bad version back before many users meet it', () => {
    const run = simulate({ policy, seed: 7, traffic: '200rps', candidate: errors({ rate: 0.05 }) });
    expect(run).toHaveRolledBack({ within: '10m', because: 'errors' });
    expect(run).toHaveFailedRequestsBelow(0.005);
    expect(run).toHaveExposedAtMost(10_000);
  });

  it('shows nobody a version that never gets ready', () => {
    const run = simulate({ policy, candidate: neverReady() });
    expect(run).toHaveRolledBack({ because: 'never-ready' });
    expect(run).toHaveExposedAtMost(0);
    expect(run).toHaveNeverRoutedToUnready();
  });

  it('shows the staff a new version before anybody else', () => {
    const traffic = {
      requestsPerSecond: 200,
      people: { groups: { staff: { percent: 5, headers: { 'x-staff': '1' } } } },
    } as const;
    const { ledger } = simulate({ policy, seed: 7, traffic, candidate: errors({ rate: 0.5 }) });
    const { people } = ledger.deployments.at(-1)!;
    expect(people.staff?.met).toBeGreaterThan(100);
    expect(people['everybody else']?.met).toBe(0);
  });

  it.each([
    healthyRelease,
    coldGood,
    flat5pct,
    lateOnset,
    endpointBug,
    capacityCliff,
    candidateDies,
    emptyMetrics,
    nobodyApproves,
    controllerCrash,
    rushHour,
    quietEvening,
  ])('does what $name asks for', (scenario) => {
    expect(missed(scenario, runScenario(scenario, { policy, seed: 7 }))).toEqual([]);
  });

  it('sees the lock of the rush hour before the cutover', () => {
    const run = runScenario(rushHour, { policy, seed: 7 });
    expect(run).toHaveRolledBack({ because: 'errors' });
    expect(run.timeline.weights.every(({ green }) => green <= 25)).toBe(true);
  });
});
