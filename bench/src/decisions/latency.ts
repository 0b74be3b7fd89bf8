import {
  beginLatency,
  type LatencyJudgeOptions,
  latencyEvidence,
  latencyTests,
  normalCdf,
  weighLatency,
} from '@bluegreen/gates';
import { type KeyedStreams, keyedStreams, poisson, type Sfc32 } from '@bluegreen/simulator/random';
import { looksPerMinute, minutes, weight } from './situations.js';
import { type Estimate, estimateOf } from './tally.js';

/** How slow the candidate is; the active version is lognormal with a median of 80 ms and a sigma of 0.6. */
const cases = ['identical', 'slower by a tenth', 'slower by a quarter', 'tail only', 'cold but good'] as const;
const traffics = [10, 100, 1_000] as const;
const edgesMs = [25, 50, 75, 100, 150, 200, 250, 350, 500, 750, 1_000, 2_500] as const;

const options: LatencyJudgeOptions = {
  quantiles: [0.9, 0.99],
  maxSlowdown: 1.1,
  failBudget: 0.01,
  passBudget: 0.02,
  minSamples: 50,
  minTimeMs: 300_000,
  everyMs: 60_000 / looksPerMinute,
  warmUpMs: 900_000,
};

const tests = latencyTests(options);

export interface LatencyTally {
  runs: number;
  failed: number;
  passed: number;
  minutesToFail: number;
  fixedFailed: number;
}

export interface LatencyCellRow {
  readonly traffic: number;
  readonly candidate: string;
  readonly judge: 'latency';
  readonly runs: number;
  readonly failed: Estimate;
  readonly passed: Estimate;
  /** From the end of the warm-up. */
  readonly detectMinutes: number | null;
  /** How often "p99 below 500 ms, five minutes, one may be bad" fails the same version, its warm-up included. */
  readonly fixedRuleFailed: Estimate;
}

export function emptyLatency(): readonly LatencyTally[] {
  return traffics.flatMap(() => cases.map(() => ({ runs: 0, failed: 0, passed: 0, minutesToFail: 0, fixedFailed: 0 })));
}

export function playLatency(seed: number, first: number, step: number, runs: number): readonly LatencyTally[] {
  const tallies = emptyLatency();
  const streams = keyedStreams(seed);
  for (const [index, tally] of tallies.entries()) {
    for (let run = first; run < runs; run += step) playOne(streams, index, run, tally);
  }
  return tallies;
}

export function latencyRows(tallies: readonly LatencyTally[]): readonly LatencyCellRow[] {
  return tallies.map(({ runs, failed, passed, minutesToFail, fixedFailed }, index) => ({
    traffic: traffics[Math.floor(index / cases.length)]!,
    candidate: cases[index % cases.length]!,
    judge: 'latency',
    runs,
    failed: estimateOf(failed, runs),
    passed: estimateOf(passed, runs),
    detectMinutes: failed === 0 ? null : minutesToFail / failed,
    fixedRuleFailed: estimateOf(fixedFailed, runs),
  }));
}

/** Share of requests that took at most so long. */
function share(edgeMs: number, slowdown: number): number {
  return normalCdf(Math.log(edgeMs / (80 * slowdown)) / 0.6);
}

/** The shares of the cells between the edges, the one above the last included. */
function sharesOf(kind: (typeof cases)[number], minute: number): readonly number[] {
  const slowdown =
    kind === 'slower by a tenth'
      ? 1.1
      : kind === 'slower by a quarter'
        ? 1.25
        : kind === 'cold but good'
          ? 1 + Math.exp(-minute / 3)
          : 1;
  const stalled = kind === 'tail only' ? 0.02 : 0;
  const below = edgesMs.map(
    (edge) => (1 - stalled) * share(edge, slowdown) + stalled * (edge > 500 ? share(edge - 500, slowdown) : 0),
  );
  return [...below, 1].map((value, index, all) => value - (index === 0 ? 0 : all[index - 1]!));
}

function draw(stream: Sfc32, requests: number, shares: readonly number[]) {
  let total = 0;
  const atMost: number[] = [];
  for (const [index, part] of shares.entries()) {
    total += poisson(stream, requests * part);
    if (index < edgesMs.length) atMost.push(total);
  }
  return { total, atMost };
}

function playOne(streams: KeyedStreams, index: number, run: number, tally: LatencyTally): void {
  const traffic = traffics[Math.floor(index / cases.length)]!;
  const kind = cases[index % cases.length]!;
  const stream = streams.key('latency', index, run).at(0);
  const usual = sharesOf('identical', 0);
  const state = beginLatency(tests, edgesMs);
  for (let minute = 0; minute < 60; minute++) {
    weighLatency(tests, state, { durationMs: 60_000, control: draw(stream, traffic * 60, usual), candidate: null });
  }
  tally.runs += 1;
  let badMinutes = 0;
  let decided = false;
  let [slow, seen] = [0, 0];
  const requests = (traffic * 60) / looksPerMinute;
  for (let look = 0; look < minutes * looksPerMinute; look++) {
    const minute = look / looksPerMinute;
    const control = draw(stream, requests * (1 - weight), usual);
    const candidate = draw(stream, requests * weight, sharesOf(kind, minute));
    slow += candidate.total - candidate.atMost[edgesMs.indexOf(500)]!;
    seen += candidate.total;
    if ((look + 1) % looksPerMinute === 0) {
      if (minute < 5 && (seen === 0 || slow / seen > 0.01)) badMinutes += 1;
      [slow, seen] = [0, 0];
    }
    const isWarm = kind !== 'cold but good' || minute * 60_000 >= options.warmUpMs;
    if (!decided) decided = judgeLook(state, { control, candidate: isWarm ? candidate : null }, minute, kind, tally);
    if (decided && minute >= 5) break;
  }
  if (badMinutes > 1) tally.fixedFailed += 1;
}

function judgeLook(
  state: ReturnType<typeof beginLatency>,
  cell: Pick<Parameters<typeof weighLatency>[2], 'control' | 'candidate'>,
  minute: number,
  kind: (typeof cases)[number],
  tally: LatencyTally,
): boolean {
  weighLatency(tests, state, { ...cell, durationMs: options.everyMs });
  const found = latencyEvidence(tests, state);
  const warmMinutes = kind === 'cold but good' ? options.warmUpMs / 60_000 : 0;
  const elapsed = minute + 1 / looksPerMinute - warmMinutes;
  if (found.fail >= found.failNeeded) {
    tally.failed += 1;
    tally.minutesToFail += elapsed;
    return true;
  }
  if (elapsed * 60_000 < options.minTimeMs || found.pass < found.passNeeded) return false;
  tally.passed += 1;
  return true;
}
