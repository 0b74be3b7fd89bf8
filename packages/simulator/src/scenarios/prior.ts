import type { Scenario } from './scenario.js';
import { badMigrationScenario, cohortBug } from './surroundings.js';
import { doubleErrors, flat5pct, healthyRelease, lateOnset, slow25pct, totalFailure } from './versions.js';

/** A scenario and how often a release is like that, in shares that sum to 1. */
export interface Weighed {
  readonly scenario: Scenario;
  readonly weight: number;
}

/**
 * What releases are like when nobody knows better: 90 % good, and of the bad ones 30 % with doubled errors, 25 % with
 * many, 15 % bad for some people, 15 % slow, 8 % late, 4 % that break what both versions share and 3 % that fail altogether.
 * It is an assumption, so every report shows it; bring your own where you have one.
 */
export function prior({ bad = 0.1 }: { readonly bad?: number } = {}): readonly Weighed[] {
  return [
    { scenario: healthyRelease, weight: 1 - bad },
    { scenario: doubleErrors, weight: 0.3 * bad },
    { scenario: flat5pct, weight: 0.25 * bad },
    { scenario: cohortBug, weight: 0.15 * bad },
    { scenario: slow25pct, weight: 0.15 * bad },
    { scenario: lateOnset, weight: 0.08 * bad },
    { scenario: badMigrationScenario, weight: 0.04 * bad },
    { scenario: totalFailure, weight: 0.03 * bad },
  ];
}
