import { binomialAtMost, decisionTime, wilsonInterval } from '@bluegreen/gates';
import { options } from './ours.js';
import { type Ending, rates, type Situation, weight } from './situations.js';

/** Sums over runs; those of two workers are added. */
export interface Tally {
  runs: number;
  rolledBack: number;
  shipped: number;
  minutesToRollBack: number;
  minutesToShip: number;
  excess: number;
  excessSquares: number;
}

export function emptyTally(): Tally {
  return {
    runs: 0,
    rolledBack: 0,
    shipped: 0,
    minutesToRollBack: 0,
    minutesToShip: 0,
    excess: 0,
    excessSquares: 0,
  };
}

export function note(tally: Tally, { decision, afterMinutes, excess }: Ending): void {
  tally.runs += 1;
  tally.excess += excess;
  tally.excessSquares += excess * excess;
  if (decision === 'rolled-back') {
    tally.rolledBack += 1;
    tally.minutesToRollBack += afterMinutes;
  } else if (decision === 'shipped') {
    tally.shipped += 1;
    tally.minutesToShip += afterMinutes;
  }
}

export function addTally(sum: Tally, part: Tally): void {
  for (const key of Object.keys(sum) as (keyof Tally)[]) sum[key] += part[key];
}

/** A share, or a mean, with its 95 % interval. */
export type Estimate = readonly [value: number, lower: number, upper: number];

export interface Cell extends Situation {
  readonly judge: string;
  readonly runs: number;
  readonly rolledBack: Estimate;
  /** For a good version: how often it was rolled back. */
  readonly falseRollback: number | null;
  readonly shipped: Estimate;
  readonly undecided: Estimate;
  readonly detectMinutes: number | null;
  readonly shipMinutes: number | null;
  readonly excessFailures: Estimate;
  readonly floor: Floor;
}

/** What no judge can do better, at this share of the traffic. */
export interface Floor {
  /** Of a good version: a single look at the end with the active slot's rate known exactly. */
  readonly undecided: number | null;
  /** Of a bad one: the drift of the evidence of the right alternative alone. */
  readonly excessFailures: number | null;
  readonly detectMinutes: number | null;
}

export function cellOf(situation: Situation, judge: string, tally: Tally): Cell {
  const { runs, rolledBack, shipped } = tally;
  const mean = tally.excess / runs;
  const half = 1.96 * Math.sqrt(Math.max(0, tally.excessSquares / runs - mean * mean) / runs);
  return {
    ...situation,
    judge,
    runs,
    rolledBack: estimateOf(rolledBack, runs),
    falseRollback: situation.candidate === 'good' ? rolledBack / runs : null,
    shipped: estimateOf(shipped, runs),
    undecided: estimateOf(runs - rolledBack - shipped, runs),
    detectMinutes: rolledBack === 0 ? null : tally.minutesToRollBack / rolledBack,
    shipMinutes: shipped === 0 ? null : tally.minutesToShip / shipped,
    excessFailures: [mean, mean - half, mean + half],
    floor: floorOf(situation),
  };
}

export function estimateOf(count: number, runs: number): Estimate {
  const { lower, upper } = wilsonInterval(count, runs);
  return [count / runs, lower, upper];
}

function floorOf({ traffic, candidate }: Situation): Floor {
  if (candidate === 'good') {
    const undecided = singleLook(traffic * 3_600 * weight * rates.good, options.passBudget);
    return { undecided, excessFailures: null, detectMinutes: null };
  }
  const ratio = rates[candidate] / rates.good;
  const { expectedMs, excessFailures } = decisionTime({
    side: 'fail',
    requestsPerSecond: traffic,
    baselineRate: rates.good,
    weight,
    trueRatio: ratio,
    alternativeRatio: ratio,
    nullRatio: 1,
    budget: options.failBudget,
    points: 1,
  });
  return { undecided: null, excessFailures, detectMinutes: expectedMs === null ? null : expectedMs / 60_000 };
}

/** P(X > c) for a mean of m, c the largest count with P(X <= c) at most `budget` for a mean of 2m. */
function singleLook(mean: number, budget: number): number {
  const many = 1e7;
  const atMost = (count: number, of: number): number => binomialAtMost(count, many, of / many);
  if (mean > 2_000) return 0;
  let most = -1;
  while (atMost(most + 1, 2 * mean) <= budget) most += 1;
  return most < 0 ? 1 : 1 - atMost(most, mean);
}
