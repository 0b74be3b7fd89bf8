import { describe, expect, it } from 'vitest';
import { explored, some } from './explore.fixture.js';
import { printExploration } from './explore.js';
import { exploreZombies, pausesOf } from './explore-zombies.js';
import { scenarios } from './scenarios.fixture.js';
import { simulateZombie } from './zombie.js';

describe('an owner that wakes after its lease was lost', () => {
  for (const name of explored) {
    it(`never wins: ${name} (S36, S51, S52)`, { timeout: 3_600_000 }, async () => {
      const options = scenarios[name]!(3);
      const pauses = some(pausesOf(await simulateZombie(options, null)), 40);
      expect(printExploration(await exploreZombies(options, pauses))).toBe('');
    });
  }
});
