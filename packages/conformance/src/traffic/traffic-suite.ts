import { type AdapterSuiteParts, adapterSuite } from '../adapter-suite.js';
import type { Rule } from '../rule.js';
import {
  type ConformanceOptions,
  type ConformanceReport,
  registerSuite,
  runSuite,
  type TestFunctions,
} from '../suite.js';
import { convergenceRules } from './convergence-rules.js';
import { declarationRules } from './declaration-rules.js';
import { foreignRules } from './foreign-rules.js';
import { ownershipRules } from './ownership-rules.js';
import { routerRules } from './router-rules.js';
import type { TrafficBench } from './traffic-bench.js';
import { TrafficTrial } from './traffic-trial.js';
import { troubleRules } from './trouble-rules.js';

/** Every rule for a `TrafficAdapter`, in the order in which they are best read. */
export const trafficRules: readonly Rule<TrafficTrial>[] = [
  ...declarationRules,
  ...convergenceRules,
  ...ownershipRules,
  ...foreignRules,
  ...troubleRules,
  ...routerRules,
];

const traffic: AdapterSuiteParts<TrafficBench, TrafficTrial> = {
  kind: 'traffic',
  rules: trafficRules,
  makeTrial: (bench, size) => new TrafficTrial(bench, size),
};

/**
 * Registers one test per rule. `makeBench` makes a router of its own for each rule and is called inside the test.
 * A rule that needs a part of the harness which is not there fails, until `notShown` says why nobody can show it.
 */
export function testTrafficAdapter(
  runner: TestFunctions,
  makeBench: () => TrafficBench | Promise<TrafficBench>,
  options: ConformanceOptions = {},
): void {
  registerSuite(runner, adapterSuite(traffic, makeBench, options), options);
}

/** The same without a test runner: tries every rule and answers what was seen. */
export function proveTrafficAdapter(
  makeBench: () => TrafficBench | Promise<TrafficBench>,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  return runSuite(adapterSuite(traffic, makeBench, options), options);
}
