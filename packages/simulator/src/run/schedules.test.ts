import { describe, expect, it } from 'vitest';
import { distinct } from './boundaries.js';
import { simulateCrashes } from './crash.js';
import { printExploration } from './explore.js';
import { exploreSchedules } from './explore-schedules.js';
import { scenarios } from './scenarios.fixture.js';
import { schedulesOf } from './schedules.js';
import { crashTroubles, faultTroubles } from './trouble.js';

const options = { ...scenarios.bad!(3), held: { afterMs: 20_000, command: 'resume' } } as const;
const calm = simulateCrashes(options);
const [crashes, faults] = [crashTroubles(calm), faultTroubles(options, calm)];

describe('the schedules of one release', () => {
  it('are as many as were asked for, and the same for the same seed', () => {
    for (const count of [0, 1, 10, 333, 5_000]) {
      const { troubles, pairs, random } = schedulesOf(options, calm, { count, seed: 7 });
      expect(troubles).toHaveLength(count);
      expect(troubles).toEqual(schedulesOf(options, calm, { count, seed: 7 }).troubles);
      if (pairs + random > 0) expect(troubles).not.toEqual(schedulesOf(options, calm, { count, seed: 8 }).troubles);
    }
  });

  it('try every crash point and every fault, with every absence, once there is room for it', () => {
    const all = schedulesOf(options, calm, { count: crashes.length * 4 + faults.length * 4, seed: 1 });
    const points = distinct(calm.boundaries).length;
    expect(all).toMatchObject({ crashPoints: points, allCrashPoints: points, faults: faults.length });
    const told = new Set(all.troubles.map((trouble) => JSON.stringify(trouble)));
    for (const trouble of [...crashes, ...faults]) expect(told).toContain(JSON.stringify(trouble));
  });

  it('try every crash point before one of them twice', () => {
    const points = distinct(calm.boundaries).length;
    const { crashPoints } = schedulesOf(options, calm, { count: Math.ceil((points * 100) / 45), seed: 1 });
    expect(crashPoints).toBe(points);
  });

  it('never kill an orchestrator twice at one place', () => {
    for (const { crashes: killed } of schedulesOf(options, calm, { count: 5_000, seed: 3 }).troubles) {
      expect(new Set(killed.map(({ boundary }) => boundary)).size).toBe(killed.length);
    }
  });

  it('are explored', () => {
    const explored = exploreSchedules(options, { count: 20, seed: 5 });
    expect(printExploration(explored)).toBe('');
    expect(explored).toMatchObject({ runs: 20, allFaults: faults.length });
    expect(explored.situations.preparing).toBe(20);
  });
});
