import { type AdapterSuiteParts, adapterSuite } from '../adapter-suite.js';
import type { Rule } from '../rule.js';
import {
  type ConformanceOptions,
  type ConformanceReport,
  registerSuite,
  runSuite,
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

const environment: AdapterSuiteParts<EnvironmentBench, EnvironmentTrial> = {
  kind: 'environment',
  rules: environmentRules,
  makeTrial: (bench, size) => new EnvironmentTrial(bench, size),
};

/**
 * Registers one test per rule. `makeBench` makes two empty slots for each rule and is called inside the test.
 * A rule that needs a part of the harness which is not there fails, until `notShown` says why nobody can show it.
 */
export function testEnvironmentAdapter(
  runner: TestFunctions,
  makeBench: () => EnvironmentBench | Promise<EnvironmentBench>,
  options: ConformanceOptions = {},
): void {
  registerSuite(runner, adapterSuite(environment, makeBench, options), options);
}

/** The same without a test runner: tries every rule and answers what was seen. */
export function proveEnvironmentAdapter(
  makeBench: () => EnvironmentBench | Promise<EnvironmentBench>,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  return runSuite(adapterSuite(environment, makeBench, options), options);
}
