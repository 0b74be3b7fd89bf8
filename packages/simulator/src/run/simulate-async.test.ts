import { describe, expect, it } from 'vitest';
import type { SimulatedRun } from '../result/simulated-run.js';
import { scenarios } from './scenarios.fixture.js';
import { simulate } from './simulate.js';
import { simulateAsync } from './simulate-async.js';

const seedCount = 60;

function lines({ records }: SimulatedRun): string {
  return records.map((record) => JSON.stringify(record)).join('\n');
}

describe('both drivers', () => {
  for (const [name, optionsFor] of Object.entries(scenarios)) {
    it(`write the same journal byte for byte: ${name}`, { timeout: 120_000 }, async () => {
      for (let seed = 1; seed <= seedCount; seed++) {
        const inCallbacks = simulate(optionsFor(seed));
        const inPromises = await simulateAsync(optionsFor(seed));
        expect(lines(inPromises), `seed ${seed}`).toBe(lines(inCallbacks));
        expect(inPromises.ledger, `seed ${seed}`).toEqual(inCallbacks.ledger);
      }
    });
  }

  it('are held to each other in releases of every end', () => {
    const ends = Object.values(scenarios).map((optionsFor) => simulate(optionsFor(7)).outcome.kind);
    expect(new Set(ends)).toEqual(new Set(['promoted', 'rolled-back', 'stuck']));
  });
});
