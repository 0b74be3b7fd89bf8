import { distinct } from './boundaries.js';
import { type Exploration, type ExploredFailure, hopesOf } from './explore.js';
import { problemsOf } from './problems.js';
import type { SimulateOptions } from './setting.js';
import { type Pause, simulateZombie, type ZombieHistory } from './zombie.js';

const leaseMs = 30_000;

/** How long the first owner stands still: until just after its lease was taken, and into all that the second one does. */
const pausesMs = [leaseMs + 10, leaseMs + 1_000, leaseMs + 15_000, leaseMs + 60_000, leaseMs + 600_000] as const;

/** The first owner stands still at every boundary of this run, for every pause. */
export function pausesOf({ boundaries }: ZombieHistory): readonly Pause[] {
  return distinct(boundaries).flatMap(({ index }) =>
    pausesMs.map((pauseMs) => ({ boundary: index, pauseMs, leaseMs })),
  );
}

/**
 * Runs one release with two owners again and again, each time pausing the first one elsewhere. It never wins: it is
 * fenced off, records nothing more, and the release ends as it would have.
 */
export async function exploreZombies(options: SimulateOptions, pauses: Iterable<Pause>): Promise<Exploration> {
  const calm = await simulateZombie(options, null);
  const ends: Record<string, number> = {};
  const failures: ExploredFailure[] = [];
  let runs = 0;
  for (const pause of pauses) {
    runs++;
    const trouble = { faults: [], crashes: [{ boundary: pause.boundary, absentMs: pause.pauseMs }] };
    const hopes = hopesOf(options, calm, trouble);
    const history = await simulateZombie({ ...options, horizonMs: hopes.withinMs * 2 }, pause);
    const problems = [...problemsOf(history, hopes), ...zombieProblems(history, calm.boundaries.length, pause)];
    const end = `${history.state.phase}, paused owner ${history.zombieEnd}`;
    ends[end] = (ends[end] ?? 0) + 1;
    if (problems.length > 0) failures.push({ seed: options.seed ?? 1, trouble, problems, history });
  }
  failures.sort((a, b) => a.history.records.length - b.history.records.length);
  return { runs, ends, situations: {}, failures };
}

/** S52: who lost its lease is fenced off, unless it had nothing left to do. */
export function zombieProblems(
  { zombieEnd, records }: ZombieHistory,
  boundaryCount: number,
  { boundary }: Pause,
): string[] {
  const isReplaced = records.some(({ epoch }) => epoch === 2);
  if (!isReplaced || boundary >= boundaryCount || zombieEnd === 'fenced') return [];
  return [`S52 the paused owner ended as ${zombieEnd}`];
}
