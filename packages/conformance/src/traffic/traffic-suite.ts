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

/**
 * Registers one test per rule. `makeBench` makes a router of its own for each rule and is called inside the test.
 * A rule that needs a part of the harness which is not there fails, until `notShown` says why nobody can show it.
 */
export function testTrafficAdapter(
  runner: TestFunctions,
  makeBench: () => TrafficBench | Promise<TrafficBench>,
  options: ConformanceOptions = {},
): void {
  registerSuite(runner, suiteOf(makeBench, options), options);
}

/** The same without a test runner: tries every rule and answers what was seen. */
export function proveTrafficAdapter(
  makeBench: () => TrafficBench | Promise<TrafficBench>,
  options: ConformanceOptions = {},
): Promise<ConformanceReport> {
  return runSuite(suiteOf(makeBench, options), options);
}

function suiteOf(
  makeBench: () => TrafficBench | Promise<TrafficBench>,
  { size = 'quick' }: ConformanceOptions,
): Suite<TrafficTrial> {
  return {
    kind: 'traffic',
    rules: trafficRules,
    async open() {
      const bench = await makeBench();
      const trial = new TrafficTrial(bench, size);
      const close = async () => {
        // There is a rule for an adapter that cannot end; the bench has to be put away all the same.
        await attempt(async () => trial.adapter.dispose?.());
        await bench.close?.();
      };
      return { trial, harness: { ...bench.harness }, close };
    },
  };
}
