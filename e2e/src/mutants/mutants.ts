import { beliefMutants } from './belief-mutants.js';
import { gateMutants } from './gate-mutants.js';
import type { Mutant } from './mutant.js';
import { phaseMutants } from './phase-mutants.js';
import { runnerMutants } from './runner-mutants.js';
import { slotMutants } from './slot-mutants.js';
import { writeMutants } from './write-mutants.js';

/** Every guard that is taken away, one at a time. */
export const mutants: readonly Mutant[] = [
  ...beliefMutants,
  ...writeMutants,
  ...slotMutants,
  ...phaseMutants,
  ...gateMutants,
  ...runnerMutants,
];
