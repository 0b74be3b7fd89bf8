import type { SimulatedRun } from '../result/simulated-run.js';
import type { Expectation } from './expectation.js';
import { printRun } from './print-run.js';

/**
 * For every test runner: throws an assertion error that says the seed, the sentence and the release as a tree for
 * the first expectation that the run does not meet.
 */
export function assertRun(run: SimulatedRun, ...expectations: readonly Expectation[]): void {
  for (const { says, problemOf } of expectations) {
    const problem = problemOf(run);
    if (problem === null) continue;
    // Not the class of `node:assert`, whose import opens the standard streams; runners go by these fields.
    throw Object.assign(new Error(messageOf(says, problem, run)), {
      name: 'AssertionError',
      code: 'ERR_ASSERTION',
      actual: run.outcome.kind,
      expected: says,
    });
  }
}

/** @param problem why not; `null`: the run does what it should not do. */
export function messageOf(says: string, problem: string | null, run: SimulatedRun): string {
  const first =
    problem === null
      ? `the release ${says}, which it should not have`
      : `expected that the release ${says}, but ${problem}`;
  return `${first}\n\n${printRun(run)}`;
}
