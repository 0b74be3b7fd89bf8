import { describe, expect, it } from 'vitest';
import { hurryThroughCrashes, simulateCrashes } from './crash.js';
import { explored, some } from './explore.fixture.js';
import { explore, printExploration } from './explore.js';
import { scenarios } from './scenarios.fixture.js';
import { schedulesOf } from './schedules.js';
import { simulate } from './simulate.js';
import type { SimulatedHistory } from './simulated-history.js';
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

  for (const name of explored) {
    it(`is replaced alike whether quiet times are lived through or not: ${name}`, { timeout: 600_000 }, () => {
      const options = { ...scenarios[name]!(3), held: { afterMs: 20_000, command: 'resume' } } as const;
      const { troubles } = schedulesOf(options, simulateCrashes(options), { count: 50, seed: 3 });
      const different = troubles.filter(({ faults, crashes }) => {
        const troubled = { ...options, faults, horizonMs: 86_400_000 };
        return tellOf(hurryThroughCrashes(troubled, crashes)) !== tellOf(simulateCrashes(troubled, crashes));
      });
      expect(different).toEqual([]);
    });
  }

  it('dies in every phase of a cutover and of a rollback', () => {
    const phases = (name: string) => new Set(simulateCrashes(scenarios[name]!(3)).boundaries.map(({ phase }) => phase));
    const forward = ['preparing', 'verifying', 'shifting', 'baking', 'retiring', 'promoted'];
    expect(phases('good')).toEqual(new Set(forward));
    expect(phases('bad')).toEqual(new Set(['preparing', 'verifying', 'shifting', 'rolling-back', 'rolled-back']));
  });
});

/** All that is told of a run but its boundaries. */
function tellOf({ boundaries: _, ...told }: SimulatedHistory): string {
  return JSON.stringify(told);
}
