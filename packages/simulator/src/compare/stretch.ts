import { isBluegreenError } from '@bluegreen/contract';
import type { AnyPolicy } from '@bluegreen/machine';
import { scenarioNamed } from '../scenarios/catalogue.js';
import { missed, runScenario, type Scenario } from '../scenarios/scenario.js';
import { endless, type RunRow, rowFields, rowOf } from './run-row.js';

/** Where a worker finds a scenario: in this package, or among the `scenarios` that a module exports. */
export interface ScenarioPlace {
  readonly name: string;
  readonly module: string | null;
}

/** Runs of all policies in one scenario, with the same seeds for each of them. */
export interface Stretch {
  readonly scenario: ScenarioPlace;
  readonly policies: readonly AnyPolicy[];
  readonly seed: number;
  /** From this run to the one before that. */
  readonly from: number;
  readonly to: number;
}

/** The seed of one run: it can be played again alone. */
export function seedOf(rootSeed: number, run: number): number {
  return rootSeed * 1_000_000 + run;
}

/** Run by run, in it policy by policy, in it field by field. */
export function runStretch(scenario: Scenario, { policies, seed, from, to }: Omit<Stretch, 'scenario'>): Float64Array {
  const rows = new Float64Array((to - from) * policies.length * rowFields.length);
  let place = 0;
  for (let run = from; run < to; run++) {
    for (const policy of policies) {
      const row = rowFor(scenario, policy, seedOf(seed, run));
      for (const field of rowFields) rows[place++] = row[field];
    }
  }
  return rows;
}

/** The rows of one policy among `count`. */
export function* rowsIn(rows: Float64Array, policy: number, count: number): Generator<RunRow> {
  const width = rowFields.length;
  for (let at = policy * width; at < rows.length; at += count * width) {
    yield Object.fromEntries(rowFields.map((field, index) => [field, rows[at + index]!])) as unknown as RunRow;
  }
}

/** @throws when the module has no scenario of that name. */
export async function findScenario({ name, module }: ScenarioPlace): Promise<Scenario> {
  const found =
    module === null
      ? scenarioNamed(name)
      : ((await import(module)) as { readonly scenarios?: readonly Scenario[] }).scenarios?.find(
          (scenario) => scenario.name === name,
        );
  if (found === undefined) throw new Error(`there is no scenario ${name}${module === null ? '' : ` in ${module}`}`);
  return found;
}

function rowFor(scenario: Scenario, policy: AnyPolicy, seed: number): RunRow {
  try {
    const run = runScenario(scenario, { policy, seed });
    return rowOf(run, missed(scenario, run).length > 0 ? 1 : 0);
  } catch (error) {
    if (isBluegreenError(error) && error.code === 'simulator/no-end') return endless;
    throw error;
  }
}
