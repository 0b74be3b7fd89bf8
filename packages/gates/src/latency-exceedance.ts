import { addToDispersion, type DispersionSums, noDispersion, temperingOf } from './dispersion.js';
import { addStart, freshEvidence, type LogEvidence, logMean, logOf, startMass } from './evidence.js';
import { addToRatio, type RatioTest, ratioTest } from './ratio-test.js';

/** What latency is held against. */
export interface LatencyLimits {
  /** Which quantiles, 0 to 1. */
  readonly quantiles: readonly number[];
  /** Passing needs evidence that each quantile is less than this many times that of the control. Above 1. */
  readonly maxSlowdown: number;
  /** Chance that a good version fails, and that one which is `maxSlowdown` times as slow passes. */
  readonly failBudget: number;
  readonly passBudget: number;
}

/** Requests of one cell: for each finite edge how many took at most so long, and how many there were. */
export interface TimedCounts {
  readonly atMost: readonly number[];
  readonly total: number;
}

export interface LatencyCell {
  readonly durationMs: number;
  readonly control: TimedCounts;
  /** `null`: not to be weighed, because it still warms up. */
  readonly candidate: TimedCounts | null;
}

export interface LatencyLevel {
  fail: LogEvidence;
  pass: LogEvidence;
  dispersion: DispersionSums;
  bucket: { durationMs: number; requests: number; bad: number };
  control: { requests: number; bad: number };
  candidate: { requests: number; bad: number };
  /** The edge that was used last; `null`: none was high enough. */
  edgeMs: number | null;
}

/** Plain data, as `ErrorRatioState`. */
export interface LatencyState {
  readonly edgesMs: readonly number[];
  /** The control's latencies so far; older ones count less. */
  past: { atMost: number[]; total: number };
  levels: LatencyLevel[];
  starts: number;
  elapsedMs: number;
}

export interface LatencyTests {
  readonly limits: LatencyLimits;
  readonly fail: RatioTest;
}

const bucketMs = 60_000;
const startEveryMs = 300_000;
/** What the control's past counts a minute later: half after about seven minutes. */
const keptPerMinute = 0.9;
const passPowers = [0.5, 0, -0.5, -1, -2] as const;
const passShares = [0.15, 0.55, 0.15, 0.1, 0.05] as const;
const noPassEvidence = passShares.map(Math.log);
/** A level where a slower version would hardly have more slow requests can't be passed by counting them. */
const leastRatio = 1.02;

export function latencyTests(limits: LatencyLimits): LatencyTests {
  return { limits, fail: ratioTest('fail', 1) };
}

export function beginLatency(tests: LatencyTests, edgesMs: readonly number[]): LatencyState {
  return {
    edgesMs,
    past: { atMost: edgesMs.map(() => 0), total: 0 },
    levels: tests.limits.quantiles.map(() => ({
      fail: freshEvidence(tests.fail.mixture, startMass(0)),
      pass: [...noPassEvidence],
      dispersion: noDispersion,
      bucket: { durationMs: 0, requests: 0, bad: 0 },
      control: { requests: 0, bad: 0 },
      candidate: { requests: 0, bad: 0 },
      edgeMs: null,
    })),
    starts: 0,
    elapsedMs: 0,
  };
}

export function copyLatency(state: LatencyState): LatencyState {
  return {
    ...state,
    past: { atMost: [...state.past.atMost], total: state.past.total },
    levels: state.levels.map((level) => ({
      ...level,
      fail: [...level.fail],
      pass: [...level.pass],
      bucket: { ...level.bucket },
      control: { ...level.control },
      candidate: { ...level.candidate },
    })),
  };
}

/**
 * Weighs one cell. A quantile becomes a count: how many requests were slower than an edge, which the control's *earlier*
 * latencies choose. If the candidate is nowhere slower, it has at most the control's share of slow requests at any edge, so
 * neither a precise quantile nor a shape of the distribution is needed. Changes `state`.
 */
export function weighLatency(tests: LatencyTests, state: LatencyState, cell: LatencyCell): void {
  const due = Math.floor(state.elapsedMs / startEveryMs);
  while (cell.candidate !== null && state.starts < due) {
    state.starts += 1;
    for (const level of state.levels) addStart(level.fail, tests.fail.mixture, startMass(state.starts));
  }
  tests.limits.quantiles.forEach((quantile, index) => {
    weighLevel(tests, state, state.levels[index]!, quantile, cell);
  });
  remember(state, cell);
  if (cell.candidate !== null) state.elapsedMs += cell.durationMs;
}

function weighLevel(
  tests: LatencyTests,
  state: LatencyState,
  level: LatencyLevel,
  quantile: number,
  cell: LatencyCell,
) {
  const edge = edgeFor(state, quantile);
  level.edgeMs = edge === null ? null : state.edgesMs[edge]!;
  if (edge === null) return;
  const slow = ({ total, atMost }: TimedCounts): number => total - atMost[edge]!;
  const { control, candidate, durationMs } = cell;
  if (candidate !== null) {
    const tempering = temperingOf(level.dispersion);
    const counts = {
      controlRequests: control.total,
      controlBad: slow(control),
      candidateRequests: candidate.total,
      candidateBad: slow(candidate),
    };
    addToRatio(tests.fail, level.fail, counts, tempering);
    const ratio = slowerRatio(state, edge, tests.limits.maxSlowdown);
    if (ratio > leastRatio) addToRatio(passTest(ratio), level.pass, counts, tempering);
    level.control.requests += control.total;
    level.control.bad += counts.controlBad;
    level.candidate.requests += candidate.total;
    level.candidate.bad += counts.candidateBad;
  }
  level.bucket.durationMs += durationMs;
  level.bucket.requests += control.total;
  level.bucket.bad += slow(control);
  if (level.bucket.durationMs < bucketMs) return;
  level.dispersion = addToDispersion(level.dispersion, level.bucket.requests, level.bucket.bad);
  level.bucket = { durationMs: 0, requests: 0, bad: 0 };
}

/** The smallest edge that the quantile of the control's past lies below; `null`: none, or nothing was seen yet. */
function edgeFor({ past }: LatencyState, quantile: number): number | null {
  if (past.total <= 0) return null;
  const found = past.atMost.findIndex((count) => count >= quantile * past.total);
  return found < 0 ? null : found;
}

/**
 * How many times as many requests of the control would lie above the edge if all of them took `slowdown` times as long:
 * those above `edge / slowdown`, read from its past between two edges, straight in logarithms of both.
 */
function slowerRatio({ past, edgesMs }: LatencyState, edge: number, slowdown: number): number {
  const above = (index: number): number => (past.total - past.atMost[index]! + 0.5) / (past.total + 1);
  const at = edgesMs[edge]! / slowdown;
  let upper = edge;
  while (upper > 0 && edgesMs[upper - 1]! >= at) upper -= 1;
  if (upper === 0) return above(0) / above(edge);
  const [low, high] = [edgesMs[upper - 1]!, edgesMs[upper]!];
  const way = low > 0 ? Math.log(at / low) / Math.log(high / low) : at / high;
  const share = Math.exp(Math.log(above(upper - 1)) * (1 - way) + Math.log(above(upper)) * way);
  return share / above(edge);
}

function passTest(ratio: number): RatioTest {
  return ratioTest('pass', ratio, { alternatives: passPowers.map((power) => ratio ** power), shares: passShares });
}

function remember(state: LatencyState, { control, durationMs }: LatencyCell): void {
  const { past } = state;
  const kept = keptPerMinute ** (durationMs / 60_000);
  past.total = past.total * kept + control.total;
  for (let edge = 0; edge < past.atMost.length; edge++)
    past.atMost[edge] = past.atMost[edge]! * kept + control.atMost[edge]!;
}

export interface LatencyEvidence {
  readonly fail: number;
  readonly failNeeded: number;
  /** Which quantile speaks loudest for failing. */
  readonly worst: number;
  /** Of the quantile that is farthest from passing. */
  readonly pass: number;
  readonly passNeeded: number;
}

export function latencyEvidence({ limits }: LatencyTests, { levels }: LatencyState): LatencyEvidence {
  const fails = levels.map((level) => logOf(level.fail));
  return {
    fail: logMean(fails),
    failNeeded: -Math.log(limits.failBudget),
    worst: fails.indexOf(Math.max(...fails)),
    pass: Math.min(...levels.map((level) => logOf(level.pass))),
    passNeeded: -Math.log(limits.passBudget),
  };
}
