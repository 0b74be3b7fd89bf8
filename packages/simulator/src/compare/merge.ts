import { fail } from '../failure.js';
import type { ComparedScenario, Comparison } from './comparison.js';
import { PolicyCounter } from './tally.js';

/**
 * The parts of one comparison as one: what a single one would have counted, number by number.
 *
 * @throws `simulator/shards-differ` when they are not all the shards of one comparison, each once.
 */
export function mergeComparisons(parts: readonly Comparison[]): Comparison {
  const [first] = parts;
  if (first === undefined) throw fail('simulator/shards-differ', { detail: 'there is none' });
  for (const part of parts) {
    if (identityOf(part) !== identityOf(first)) throw fail('simulator/shards-differ', { detail: 'of other runs' });
  }
  const indices = new Set(parts.map(({ shard }) => shard.index));
  if (indices.size !== parts.length || parts.length !== first.shard.of) {
    throw fail('simulator/shards-differ', { detail: `${indices.size} of ${first.shard.of} are there` });
  }
  return {
    ...first,
    shard: { index: 1, of: 1 },
    ended: parts.every(({ ended }) => ended === 'complete') ? 'complete' : 'cancelled',
    scenarios: first.scenarios.map((scenario, index) =>
      merged(
        scenario,
        parts.map(({ scenarios }) => scenarios[index]!),
      ),
    ),
  };
}

function merged(scenario: ComparedScenario, parts: readonly ComparedScenario[]): ComparedScenario {
  const tallies = scenario.tallies.map((_, policy) => {
    const counter = new PolicyCounter();
    for (const part of parts) counter.merge(part.tallies[policy]!);
    return counter.tally;
  });
  // A decision is one about a sequence of runs; shards have several, so none holds for all of them.
  return { ...scenario, tallies, decisions: scenario.decisions.map(() => 'open') };
}

function identityOf({ seed, runs, shard, policies, modelVersion, scenarios }: Comparison): string {
  const worlds = scenarios.map(({ name, weight }) => [name, weight]);
  return JSON.stringify([seed, runs, shard.of, policies, modelVersion, worlds]);
}
