import { wilsonInterval } from '@bluegreen/gates';
import type { AnyPolicy } from '@bluegreen/machine';
import { type BacktestOptions, type BacktestRun, backtest } from './backtest.js';
import type { Recording } from './recording.js';

export type Outcomes = Readonly<Record<BacktestRun['outcome'], number>>;

/** How many of so many, with bounds at 95 % (Wilson): few releases say little. */
export interface BacktestShare {
  readonly count: number;
  readonly of: number;
  /** 0 to 1. */
  readonly lower: number;
  readonly upper: number;
}

/** What a policy would have made of many recorded releases. */
export interface BacktestTable {
  readonly policy: AnyPolicy;
  /** How many releases of which kind ended how; `unknown` are those without a `truth`. */
  readonly outcomes: Readonly<Record<'good' | 'bad' | 'unknown', Outcomes>>;
  /** Good versions that the policy would have stopped, and bad ones that it would have promoted, by name. */
  readonly falseStops: readonly string[];
  readonly missed: readonly string[];
  /** Bad versions that were stopped, and good ones that were; `null`: there was none of the kind. */
  readonly badStopped: BacktestShare | null;
  readonly goodStopped: BacktestShare | null;
  /** Over all runs, errors of the candidate beyond those that the active version had at the same time. */
  readonly excessErrors: number;
  /** From the first user on a bad version to its end by evidence: the middle one; `null`: none was stopped. */
  readonly medianStopMs: number | null;
  /** From the first user on a good version to its promotion: the middle one. */
  readonly medianPromotionMs: number | null;
  /** How much of the recorded traffic could be used, over all runs. */
  readonly usedShare: number;
  readonly runs: readonly BacktestRun[];
}

/** Replays one policy on every recording. @throws `policy/…`, `simulator/recording-invalid` */
export function backtestAll(
  policy: AnyPolicy,
  recordings: readonly Recording[],
  options: BacktestOptions = {},
): BacktestTable {
  const runs = recordings.map((recording) => backtest(policy, recording, options));
  const outcomes = { good: none(), bad: none(), unknown: none() };
  for (const { truth, outcome } of runs) outcomes[truth ?? 'unknown'][outcome]++;
  const having = (truth: BacktestRun['truth'], outcome: BacktestRun['outcome']): readonly BacktestRun[] =>
    runs.filter((run) => run.truth === truth && run.outcome === outcome);
  return {
    policy,
    outcomes,
    falseStops: having('good', 'stopped').map(({ recording }) => recording),
    missed: having('bad', 'promoted').map(({ recording }) => recording),
    badStopped: shareOf(outcomes.bad),
    goodStopped: shareOf(outcomes.good),
    excessErrors: runs.reduce((sum, run) => sum + run.excessErrors, 0),
    medianStopMs: median(having('bad', 'stopped')),
    medianPromotionMs: median(having('good', 'promoted')),
    usedShare: runs.length === 0 ? 1 : runs.reduce((sum, run) => sum + run.usedShare, 0) / runs.length,
    runs,
  };
}

function shareOf(outcomes: Outcomes): BacktestShare | null {
  const of = Object.values(outcomes).reduce((sum, count) => sum + count, 0);
  const count = outcomes.stopped;
  return of === 0 ? null : { count, of, ...wilsonInterval(count, of) };
}

function none(): Record<BacktestRun['outcome'], number> {
  return { promoted: 0, stopped: 0, undecided: 0, held: 0, 'too-short': 0 };
}

function median(runs: readonly BacktestRun[]): number | null {
  const times = runs.map(({ afterMs }) => afterMs ?? 0).sort((a, b) => a - b);
  return times[Math.floor((times.length - 1) / 2)] ?? null;
}
