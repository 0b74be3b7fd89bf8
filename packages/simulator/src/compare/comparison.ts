import { wilsonInterval } from '@bluegreen/gates';
import type { Scenario } from '../scenarios/scenario.js';
import type { Decision } from './requirement.js';
import type { PolicyTally } from './tally.js';
import { type Estimate, meanOf, quantileOf, type ValueCounts } from './value-counts.js';

/** Which runs were made: what is needed to make them again, or to add others to them. */
export interface ComparedRuns {
  readonly seed: number;
  /** Of every scenario, all shards together. */
  readonly runs: number;
  /** Which part of them, counted from 1. */
  readonly shard: { readonly index: number; readonly of: number };
  readonly policies: readonly string[];
  /** Of the world models: runs of another version are other runs. */
  readonly modelVersion: number;
}

/** One scenario, and what came of each policy in it. */
export interface ComparedScenario {
  readonly name: string;
  readonly happens: string;
  readonly wants: string;
  readonly version: Scenario['version'];
  /** How often a release is like that; `null`: nobody said. */
  readonly weight: number | null;
  readonly tallies: readonly PolicyTally[];
  readonly decisions: readonly Decision[];
}

/** Policies side by side. Plain JSON. */
export interface Comparison extends ComparedRuns {
  readonly ended: 'complete' | 'cancelled';
  readonly scenarios: readonly ComparedScenario[];
}

/** What one policy is worth in one scenario, or over all of them. Every figure has its interval of 95 %. */
export interface Figures {
  readonly runs: number;
  readonly promoted: Estimate;
  readonly rolledBack: Estimate;
  readonly stuck: Estimate;
  readonly missed: Estimate;
  /** Requests of users per release. */
  readonly failedMean: Estimate;
  readonly failedP95: Estimate;
  readonly excessFailedMean: Estimate;
  /** Share of runs in which a rollback began, and the mean time to it, with the horizon where none did. */
  readonly detected: Estimate;
  readonly detectMs: Estimate;
  /** From the request to the promotion; `null`: nothing was promoted. */
  readonly leadMs: Estimate | null;
  readonly doubleRunningHours: Estimate;
  /** Failed requests against the first policy, by pairs with the same seed. */
  readonly failedMore: Estimate;
}

/** A release that nobody took back is found so long after its first user. */
export const detectHorizonMs = 4 * 3_600_000;
const nothing: Estimate = { value: 0, lower: 0, upper: 0 };

export function figuresOf(tally: PolicyTally): Figures {
  const { runs, outcomes, missed } = tally;
  const [promoted, rolledBack, stuck, endless] = outcomes;
  const detected = tally.detectedMs.reduce((sum, [, count]) => sum + count, 0);
  const restricted: ValueCounts = [
    ...tally.detectedMs.map(([value, count]) => [Math.min(value, detectHorizonMs), count] as const),
    [detectHorizonMs, runs - detected],
  ];
  return {
    runs,
    promoted: share(promoted, runs),
    rolledBack: share(rolledBack, runs),
    stuck: share(stuck + endless, runs),
    missed: share(missed, runs),
    failedMean: meanOf(tally.failed) ?? nothing,
    failedP95: quantileOf(tally.failed, 0.95) ?? nothing,
    excessFailedMean: meanOf(tally.excessFailed) ?? nothing,
    detected: share(detected, runs),
    detectMs: meanOf(restricted) ?? nothing,
    leadMs: meanOf(tally.leadMs),
    doubleRunningHours: scaled(meanOf(tally.doubleRunningMs) ?? nothing, 1 / 3_600_000),
    failedMore: meanOf(tally.failedMore) ?? nothing,
  };
}

/** What a policy does to releases as they come: scenarios in the shares of the prior. `null` without one. */
export interface MixedFigures {
  /** Chance that a release is bad and promoted. */
  readonly shippedBad: Estimate;
  /** Chance that a release is good and not promoted. */
  readonly rolledBackGood: Estimate;
  readonly failedMean: Estimate;
  readonly failedMore: Estimate;
  readonly leadMs: Estimate;
  readonly doubleRunningHours: Estimate;
}

export function mixedFigures({ scenarios }: Comparison, policy: number): MixedFigures | null {
  if (scenarios.some(({ weight }) => weight === null)) return null;
  const parts = scenarios.map(({ weight, version, tallies }) => ({
    weight: weight!,
    version,
    figures: figuresOf(tallies[policy]!),
  }));
  const over = (pick: (part: (typeof parts)[number]) => Estimate | null): Estimate =>
    weighted(parts.map((part) => [part.weight, pick(part) ?? nothing]));
  const promotedWeight = parts.reduce((sum, { weight, figures }) => sum + (figures.leadMs === null ? 0 : weight), 0);
  return {
    shippedBad: over(({ version, figures }) => (version === 'bad' ? figures.promoted : null)),
    rolledBackGood: over(({ version, figures }) => (version === 'good' ? opposite(figures.promoted) : null)),
    failedMean: over(({ figures }) => figures.failedMean),
    failedMore: over(({ figures }) => figures.failedMore),
    leadMs: scaled(
      over(({ figures }) => figures.leadMs),
      promotedWeight === 0 ? 0 : 1 / promotedWeight,
    ),
    doubleRunningHours: over(({ figures }) => figures.doubleRunningHours),
  };
}

function share(count: number, of: number): Estimate {
  if (of === 0) return { value: 0, lower: 0, upper: 1 };
  const { lower, upper } = wilsonInterval(count, of);
  return { value: count / of, lower, upper };
}

function opposite({ value, lower, upper }: Estimate): Estimate {
  return { value: 1 - value, lower: 1 - upper, upper: 1 - lower };
}

function scaled({ value, lower, upper }: Estimate, by: number): Estimate {
  return { value: value * by, lower: lower * by, upper: upper * by };
}

/** A weighted sum, its interval from the distances of its parts (R. G. Newcombe's "square and add"). */
function weighted(parts: readonly (readonly [weight: number, part: Estimate])[]): Estimate {
  let value = 0;
  let below = 0;
  let above = 0;
  for (const [weight, part] of parts) {
    value += weight * part.value;
    below += (weight * (part.value - part.lower)) ** 2;
    above += (weight * (part.upper - part.value)) ** 2;
  }
  return { value, lower: value - Math.sqrt(below), upper: value + Math.sqrt(above) };
}
