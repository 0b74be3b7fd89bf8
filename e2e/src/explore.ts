// Releases in the simulator whose orchestrator dies at every boundary, and that meet every fault of the catalogue at
// every call, pairs of both, and random mixtures: each must end where it ends without, or safely back, and break no promise.
// Together they use everything that the policy language knows: what no release uses fails the suite.
// Arguments: --json, --schedules N over all releases (default 100000), --seed N (default 1), --release <name> for one of
// them, --replay '<what a failure printed>' to play one schedule again and print what happened.

import { parseArgs } from 'node:util';
import { explore, exploreSchedules, printExploration, type Trouble } from '@bluegreen/simulator/explore';
import { unusedFeatures } from './explore/features.js';
import { releases } from './explore/releases.js';

interface Total {
  schedules: number;
  violations: number;
  crashPoints: number;
  allCrashPoints: number;
  faults: number;
  allFaults: number;
  pairs: number;
  random: number;
  releases: number;
  readonly ends: Record<string, number>;
  readonly situations: Record<string, number>;
  seed: number;
}

function main(): number {
  const { values } = parseArgs({
    options: {
      json: { type: 'boolean', default: false },
      schedules: { type: 'string', default: '100000' },
      seed: { type: 'string', default: '1' },
      release: { type: 'string' },
      replay: { type: 'string' },
    },
  });
  const seed = Number(values.seed);
  const names = Object.keys(releases).filter((name) => values.release === undefined || name === values.release);
  if (names.length === 0) {
    console.error(`No such release: ${values.release}. There are: ${Object.keys(releases).join(', ')}.`);
    return 2;
  }
  console.error(`seed ${seed}`);
  if (values.replay !== undefined) return replay(names[0]!, seed, JSON.parse(values.replay) as Trouble);
  const unused = unusedFeatures(Object.values(releases).map((make) => make(seed).policy));
  for (const feature of unused) console.error(`No release uses ${feature} of the policy language.`);
  const total = emptyTotal(seed);
  const shares = split(Number(values.schedules), names.length);
  for (const [index, name] of names.entries()) exploreOne(name, seed, shares[index]!, total);
  console.log(values.json ? JSON.stringify(total) : total);
  return total.violations === 0 && unused.length === 0 ? 0 : 1;
}

function exploreOne(name: string, seed: number, count: number, total: Total): void {
  const explored = exploreSchedules(releases[name]!(seed), { count, seed });
  const { runs, failures } = explored;
  total.releases++;
  total.schedules += runs;
  total.violations += failures.length;
  for (const key of ['crashPoints', 'allCrashPoints', 'faults', 'allFaults', 'pairs', 'random'] as const) {
    total[key] += explored[key];
  }
  for (const counts of ['ends', 'situations'] as const) {
    for (const [what, often] of Object.entries(explored[counts])) {
      total[counts][what] = (total[counts][what] ?? 0) + often;
    }
  }
  console.error(`${name}: ${runs} schedules, ${failures.length} failed`);
  if (failures.length === 0) return;
  console.error(printExploration(explored));
  console.error(
    `Play the shortest again: --release '${name}' --seed ${seed} --replay '${JSON.stringify(failures[0]!.trouble)}'`,
  );
}

/** One schedule, and everything that happened in it when it fails. */
function replay(name: string, seed: number, trouble: Trouble): number {
  const explored = explore(releases[name]!(seed), [trouble]);
  console.log(explored.failures.length === 0 ? `${name} keeps its promises` : printExploration(explored));
  return explored.failures.length === 0 ? 0 : 1;
}

/** Whole numbers that add up to `count`. */
function split(count: number, parts: number): readonly number[] {
  return Array.from(
    { length: parts },
    (_, index) => Math.floor((count * (index + 1)) / parts) - Math.floor((count * index) / parts),
  );
}

function emptyTotal(seed: number): Total {
  return {
    schedules: 0,
    violations: 0,
    crashPoints: 0,
    allCrashPoints: 0,
    faults: 0,
    allFaults: 0,
    pairs: 0,
    random: 0,
    releases: 0,
    ends: {},
    situations: {},
    seed,
  };
}

process.exitCode = main();
