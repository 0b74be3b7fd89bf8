import type { ActivePhase } from '@bluegreen/machine';
import type { Expectation } from '../expect/expectation.js';
import { type SimulatedRun, simulatedRun } from '../result/simulated-run.js';
import { simulateCrashes } from '../run/crash.js';
import { type SimulateOptions, simulatedService } from '../run/setting.js';
import { simulate } from '../run/simulate.js';

/** Everything about a simulation but the policy and the seed. */
export type ScenarioWorld = Omit<SimulateOptions, 'policy' | 'seed'>;

/** What a policy needs to reach what a scenario expects. */
export type ScenarioNeed =
  /** An analysis with an absolute limit on errors. */
  | 'limit'
  /** One that compares the candidate with the active slot. */
  | 'comparison'
  /** One that judges latency. */
  | 'latency'
  /** A bake that is long enough. */
  | 'long-bake'
  /** Small first steps. */
  | 'small-steps';

/** A named world with what a good policy does in it. */
export interface Scenario {
  readonly name: string;
  readonly happens: string;
  /** What a good policy does. */
  readonly wants: string;
  /** Whether the new version may be shipped; `either`: it is not the version that is put to the test. */
  readonly version: 'good' | 'bad' | 'either';
  readonly needs: readonly ScenarioNeed[];
  world(): ScenarioWorld;
  expected(): readonly Expectation[];
  /** The orchestrator dies in this phase, and another one goes on a minute later. */
  readonly crashIn?: ActivePhase;
  /** Where it happened: projects and numbers, or the id of the promise that it puts to the test. */
  readonly seenIn?: string;
}

/** One run of a policy in a scenario. @throws `policy/…`, `simulator/…` */
export function runScenario(
  { world, crashIn }: Scenario,
  { policy, seed = 1 }: Pick<SimulateOptions, 'policy' | 'seed'>,
): SimulatedRun {
  const options: SimulateOptions = { ...world(), policy, seed };
  if (crashIn === undefined) return simulate(options);
  const inPhase = simulateCrashes(options).boundaries.flatMap(({ phase }, index) =>
    phase === crashIn ? [index + 1] : [],
  );
  const boundary = inPhase[Math.floor(inPhase.length / 2)];
  const crashes = boundary === undefined ? [] : [{ boundary, absentMs: 60_000 }];
  return simulatedRun(simulateCrashes(options, crashes), options, simulatedService);
}

/** Why this run is not what the scenario wants, in sentences; empty: it is. */
export function missed({ expected }: Scenario, run: SimulatedRun): readonly string[] {
  return expected().flatMap(({ says, problemOf }) => {
    const problem = problemOf(run);
    return problem === null ? [] : [`expected that the release ${says}, but ${problem}`];
  });
}
