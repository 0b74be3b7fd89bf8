import { describe, expect, it } from 'vitest';
import { simulateCrashes } from './crash.js';
import { explored, some } from './explore.fixture.js';
import { explore, printExploration } from './explore.js';
import { scenarios } from './scenarios.fixture.js';
import { simulate } from './simulate.js';
import { crashTroubles } from './trouble.js';

describe('an orchestrator that dies', () => {
  it('is the one of every simulation until it does', () => {
    const options = scenarios.everything!(1);
    expect(simulateCrashes(options).records).toEqual(simulate(options).records);
  });

  for (const name of explored) {
    it(`is replaced at every boundary: ${name} (L6, S41, S59)`, { timeout: 600_000 }, () => {
      const options = scenarios[name]!(3);
      const exploration = explore(options, some(crashTroubles(simulateCrashes(options)), 60));
      expect(printExploration(exploration)).toBe('');
    });
  }

  it('dies in every phase of a cutover and of a rollback', () => {
    const phases = (name: string) => new Set(simulateCrashes(scenarios[name]!(3)).boundaries.map(({ phase }) => phase));
    const forward = ['preparing', 'verifying', 'shifting', 'baking', 'retiring', 'promoted'];
    expect(phases('good')).toEqual(new Set(forward));
    expect(phases('bad')).toEqual(new Set(['preparing', 'verifying', 'shifting', 'rolling-back', 'rolled-back']));
  });
});
