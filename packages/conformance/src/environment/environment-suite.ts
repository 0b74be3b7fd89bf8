import { attempt } from '../patience.js';
import type { Rule } from '../rule.js';
import {
  type ConformanceOptions,
  type ConformanceReport,
  registerSuite,
  runSuite,
  type Suite,
  type TestFunctions,
} from '../suite.js';
import type { EnvironmentBench } from './environment-bench.js';
import { EnvironmentTrial } from './environment-trial.js';
import { placementRules } from './placement-rules.js';
import { teardownRules } from './teardown-rules.js';
import { troubleRules } from './trouble-rules.js';

/** Every rule for an `EnvironmentAdapter`, in the order in which they are best read. */
export const environmentRules: readonly Rule<EnvironmentTrial>[] = [
  ...placementRules,
  ...teardownRules,
  ...troubleRules,
];

/**
 * Registers one test per rule. `makeBench` makes two empty slots for each rule and is called inside the test.
 * A rule that needs a part of the harness which is not there fails, until `notShown` says why nobody can show it.
 */
export function testEnvironmentAdapter(
  runner: TestFunctions,
  makeBench: () => EnvironmentBench | Promise<EnvironmentBench>,
  options: ConformanceOptions = {},
): void {
  registerSuite(runner, suiteOf(makeBench, options), options);
}

/** The same without a test runner: tries every rule and answers what was seen. */
export function proveEnvironmentAdapter(
  makeBench: () => EnvironmentBench | Promise<EnvironmentBench>,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  return runSuite(suiteOf(makeBench, options), options);
}

function suiteOf(
  makeBench: () => EnvironmentBench | Promise<EnvironmentBench>,
  { size = 'quick' }: ConformanceOptions,
): Suite<EnvironmentTrial> {
  return {
    kind: 'environment',
    rules: environmentRules,
    async open() {
      const bench = await makeBench();
      const trial = new EnvironmentTrial(bench, size);
      const close = async () => {
        // There is a rule for an adapter that cannot end; the bench has to be put away all the same.
        await attempt(async () => trial.adapter.dispose?.());
        await bench.close?.();
      };
      return { trial, harness: { ...bench.harness }, close };
    },
  };
}
