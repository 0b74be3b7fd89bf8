import { keyedStreams } from '../random/keyed-streams.js';
import { distinct } from './boundaries.js';
import type { SimulateOptions } from './setting.js';
import type { SimulatedHistory } from './simulated-history.js';
import { absencesMs, crashTroubles, faultTroubles, pairTroubles, type Trouble } from './trouble.js';

/** What is to be tried on one release, and how much of everything that is. */
export interface Schedules {
  readonly troubles: readonly Trouble[];
  /** Places at which the orchestrator dies in some schedule, of so many. */
  readonly crashPoints: number;
  readonly allCrashPoints: number;
  /** Single faults at a single call, of so many. */
  readonly faults: number;
  readonly allFaults: number;
  readonly pairs: number;
  readonly random: number;
}

/** What of a limited number of schedules goes into what. */
const share = { crashes: 0.45, faults: 0.3, pairs: 0.15 } as const;

/**
 * `count` schedules for one release: a crash at each boundary, each fault of the catalogue at each call, pairs of both,
 * and random mixtures by the seed. With fewer than there are, an even spread of them; with more, all, and more mixtures.
 */
export function schedulesOf(
  options: SimulateOptions,
  calm: SimulatedHistory,
  { count, seed }: { readonly count: number; readonly seed: number },
): Schedules {
  const [allCrashes, allFaults] = [crashTroubles(calm), faultTroubles(options, calm)];
  const crashCount = Math.floor(count * share.crashes);
  const points = distinct(calm.boundaries).length;
  // All points once, if they fit, and then again with another absence.
  const crashes = crashCount < points ? spread(allCrashes, crashCount) : byAbsence(allCrashes).slice(0, crashCount);
  const faults = spread(allFaults, Math.floor(count * share.faults));
  const left = count - crashes.length - faults.length;
  const isAll = crashes.length === allCrashes.length && faults.length === allFaults.length;
  const pairCount = isAll ? Math.floor(left / 2) : Math.min(left, Math.floor(count * share.pairs));
  const pairs = pairTroubles(options, calm, seed, pairCount);
  const random = randomTroubles(allFaults, calm, seed, left - pairCount);
  const met = new Set(crashes.flatMap((trouble) => trouble.crashes.map(({ boundary }) => boundary)));
  return {
    troubles: [...crashes, ...faults, ...pairs, ...random],
    crashPoints: met.size,
    allCrashPoints: points,
    faults: faults.length,
    allFaults: allFaults.length,
    pairs: pairCount,
    random: random.length,
  };
}

/** Every boundary comes up once before one comes up twice. */
function byAbsence(crashes: readonly Trouble[]): readonly Trouble[] {
  const rounds = absencesMs.length;
  const order = Array.from({ length: rounds }, (_, round) =>
    crashes.filter((_, index) => (index + Math.floor(index / rounds)) % rounds === round),
  );
  return order.flat();
}

/** `count` of them, evenly spread and always the same; a stride without a common factor lets every kind come up. */
function spread(all: readonly Trouble[], count: number): readonly Trouble[] {
  if (all.length <= count) return all;
  const stride = all.length / count;
  return Array.from({ length: count }, (_, index) => all[Math.floor(index * stride + ((index * 0.618) % 1) * stride)]!);
}

/** One to three faults and up to two crashes, anywhere. */
function randomTroubles(
  faults: readonly Trouble[],
  { boundaries }: SimulatedHistory,
  seed: number,
  count: number,
): readonly Trouble[] {
  const key = keyedStreams(seed).key('schedules');
  return Array.from({ length: Math.max(0, count) }, (_, index) => {
    const stream = key.at(index);
    const below = (end: number): number => Math.floor(stream.uniform() * end);
    const chosen = Array.from({ length: 1 + below(3) }, () => faults[below(faults.length)]!.faults).flat();
    const crashes = Array.from({ length: below(3) }, () => ({
      boundary: 1 + below(boundaries.length * 1.2),
      absentMs: absencesMs[below(absencesMs.length)]!,
    }));
    const apart = crashes.filter(
      ({ boundary }, place) => crashes.findIndex((other) => other.boundary === boundary) === place,
    );
    return { faults: chosen, crashes: apart.sort((a, b) => a.boundary - b.boundary) };
  });
}
