import { expect } from 'vitest';
import { messageOf } from './expect/assert-run.js';
import type { Expectation } from './expect/expectation.js';
import {
  detectedWithin,
  doubleRunningAtMost,
  exposedAtMost,
  failedRequestsBelow,
  keptOldUntil,
  keptPromises,
  neverRoutedToUnready,
} from './expect/harm.js';
import { promoted, type RolledBackOptions, rolledBack, stuck, waitedForApproval } from './expect/outcomes.js';
import type { SimulatedRun } from './result/simulated-run.js';

/** What `expect(run)` can ask of a simulated release. Import `@bluegreen/simulator/vitest` once, for its effect. */
export interface ReleaseMatchers {
  /** `within`: from the first user on the new version; `because`: a gate's name or a cause's code. */
  toHaveRolledBack(options?: RolledBackOptions): void;
  toHaveBeenPromoted(options?: { readonly within?: string }): void;
  toHaveEndedStuck(options?: { readonly code?: string }): void;
  /** A share from 0 to 1, or `{ count }`. */
  toHaveFailedRequestsBelow(limit: number | { readonly count: number }): void;
  /** From the first user on the new version to the begin of the rollback. */
  toHaveDetectedWithin(duration: string): void;
  toHaveExposedAtMost(requests: number): void;
  toHaveNeverRoutedToUnready(): void;
  /** Until the promotion, or a duration after the cutover. */
  toHaveKeptOldUntil(until: 'promotion' | (string & {})): void;
  toHaveWaitedForApproval(name: string): void;
  toHaveKeptPromises(): void;
  toHaveRunDoubleAtMost(instanceHours: number): void;
}

// `Chai.Assertion` is the one interface that vitest 4 and vitest 5 both build on with the same type parameters: none.
declare global {
  namespace Chai {
    interface Assertion extends ReleaseMatchers {}
  }
}

expect.extend({
  toHaveRolledBack: matcher(rolledBack),
  toHaveBeenPromoted: matcher(promoted),
  toHaveEndedStuck: matcher(stuck),
  toHaveFailedRequestsBelow: matcher(failedRequestsBelow),
  toHaveDetectedWithin: matcher(detectedWithin),
  toHaveExposedAtMost: matcher(exposedAtMost),
  toHaveNeverRoutedToUnready: matcher(neverRoutedToUnready),
  toHaveKeptOldUntil: matcher(keptOldUntil),
  toHaveWaitedForApproval: matcher(waitedForApproval),
  toHaveKeptPromises: matcher(keptPromises),
  toHaveRunDoubleAtMost: matcher(doubleRunningAtMost),
});

function matcher<Arguments extends readonly unknown[]>(make: (...args: Arguments) => Expectation) {
  return (received: unknown, ...args: readonly unknown[]) => {
    if (!isRun(received)) {
      return {
        pass: false,
        message: () => 'expected what `simulate` answers; an asynchronous run has to be awaited first',
      };
    }
    const { says, problemOf } = make(...(args as unknown as Arguments));
    const problem = problemOf(received);
    return {
      pass: problem === null,
      message: () => messageOf(says, problem, received),
      actual: problem ?? says,
      expected: says,
    };
  };
}

function isRun(value: unknown): value is SimulatedRun {
  return typeof value === 'object' && value !== null && 'outcome' in value && 'ledger' in value && 'impact' in value;
}
