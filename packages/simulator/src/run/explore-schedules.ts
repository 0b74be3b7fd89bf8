import { simulateCrashes } from './crash.js';
import { type Exploration, explore } from './explore.js';
import { type Schedules, schedulesOf } from './schedules.js';
import type { SimulateOptions } from './setting.js';

/** An exploration, and what it was made of. */
export type ExploredSchedules = Exploration & Omit<Schedules, 'troubles'>;

/**
 * Plays one release `count` times, each time with other trouble: every crash point, every fault of the catalogue, pairs of
 * both, and random mixtures, as far as `count` goes. The same seed tries the same.
 *
 * @throws `policy/…`, `simulator/…`
 */
export function exploreSchedules(
  options: SimulateOptions,
  { count, seed = 1 }: { readonly count: number; readonly seed?: number },
): ExploredSchedules {
  const { troubles, ...made } = schedulesOf(options, simulateCrashes(options), { count, seed });
  return { ...explore(options, troubles), ...made };
}
