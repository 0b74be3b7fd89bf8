import type { TrafficBench } from '../traffic/traffic-bench.js';
import { convergenceMutants, routerMutants } from './convergence-mutants.fixture.js';
import type { Mutant } from './mutant.fixture.js';
import { ownershipMutants, troubleMutants } from './ownership-mutants.fixture.js';

/** One broken router, at least, for every rule. */
export const trafficMutants: readonly Mutant<TrafficBench>[] = [
  ...convergenceMutants,
  ...ownershipMutants,
  ...troubleMutants,
  ...routerMutants,
];
