import type { SimulatedRun } from '../result/simulated-run.js';

/** Something that a simulated release must do. A value, so that a scenario can carry it and a test can reuse it. */
export interface Expectation {
  /** What is expected, after "the release": `was rolled back within 4m because of errors`. */
  readonly says: string;
  /** Why this run does not do it, as one sentence; `null`: it does. */
  problemOf(run: SimulatedRun): string | null;
}

export function expectation(says: string, problemOf: Expectation['problemOf']): Expectation {
  return { says, problemOf };
}
