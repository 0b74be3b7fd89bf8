import type { Evidence, LatencyReading, Slot, Verdict } from '@bluegreen/contract';
import { printDuration } from '@bluegreen/contract';
import { type ComparedLook, historyMs } from './error-judge.js';
import { type CellGrid, growthByCell, type MetricWindow } from './increase.js';
import { unasked, WordedJudgement } from './judgement.js';
import {
  beginLatency,
  copyLatency,
  type LatencyCell,
  type LatencyLimits,
  type LatencyState,
  type LatencyTests,
  latencyEvidence,
  latencyTests,
  type TimedCounts,
  weighLatency,
} from './latency-exceedance.js';
import { printCount, printPercent, printTimes } from './print-number.js';
import { isReading } from './slot-cells.js';

/** An analysis of kind `latency`, as the compiled policy holds it. */
export interface LatencyJudgeOptions extends LatencyLimits {
  readonly minSamples: number;
  readonly minTimeMs: number;
  readonly everyMs: number;
  /** A new process is slower: nothing is weighed before it had users for so long. */
  readonly warmUpMs: number;
}

export interface LatencyLook extends ComparedLook {
  readonly latency: LatencyReading;
  /** When the candidate got its first users in this release. */
  readonly exposedAt: number;
}

export interface LatencyJudgeMemory {
  readonly kind: 'latency';
  readonly settledMs: number;
  readonly state: LatencyState;
  /** Cells in which one slot had no request yet: weighed together with the next one. */
  readonly pending: LatencyCell | null;
  readonly hasPassed: boolean;
  readonly hasFailed: boolean;
}

const lateMs = 60_000;
const lookbackMs = 300_000;
const historyCellMs = 60_000;
const staleMs = 120_000;
const mostCells = 5_760;

/**
 * Judges how slow the candidate is against the active slot at the same time, by counting requests above edges of the
 * histogram. Pure; the memory it gives back is all that it needs next time.
 *
 * - `fail`: shown to have more slow requests than the control at some quantile.
 * - `pass`: shown at every quantile to be less than `maxSlowdown` times as slow.
 * - `inconclusive`: `collecting`, `low-traffic`, `warming-up`, `nothing-to-compare` (at 100 %), `buckets-too-low` (the
 *   quantile lies above the highest edge).
 * - `error`: `invalid-samples`, `no-series`, `stale`.
 */
export function judgeLatency(
  options: LatencyJudgeOptions,
  memory: LatencyJudgeMemory | null,
  look: LatencyLook,
): { readonly memory: LatencyJudgeMemory | null; readonly judgement: WordedJudgement } {
  const { maxSlowdown, everyMs } = options;
  if (look.isAlone || look.control === null) {
    const summary = 'the candidate serves everybody: there is nothing to compare its latency with';
    return { memory, judgement: unasked('inconclusive', 'nothing-to-compare', summary, maxSlowdown) };
  }
  const tests = latencyTests(options);
  const edgesMs = edgesOf(look.latency);
  if (edgesMs === null) return { memory, judgement: noEdges(look.latency, maxSlowdown) };
  // Other edges are another measurement: what was learnt with the old ones can't be carried over.
  const known = memory !== null && sameEdges(memory.state.edgesMs, edgesMs) ? memory : null;
  const fromMs = known?.settledMs ?? look.openedAt;
  const cells = Math.min(mostCells, Math.max(0, Math.ceil((look.toMs - fromMs) / everyMs)));
  const window = { fromMs: Math.max(look.openedAt, fromMs - lookbackMs), toMs: look.toMs };
  const grid = { fromMs, cellMs: everyMs, cells };
  const control = timedCells(look.latency, look.control, window, grid);
  const candidate = timedCells(look.latency, look.candidate, window, grid);
  for (const each of [control, candidate]) {
    if (each.kind === 'invalid')
      return { memory, judgement: unasked('error', 'invalid-samples', each.problem, maxSlowdown) };
  }
  if (control.kind !== 'counted') {
    return { memory, judgement: unasked('error', 'no-series', `no latency series for ${look.control}`, maxSlowdown) };
  }
  if (candidate.kind !== 'counted') {
    const summary = `no latency series for ${look.candidate} yet`;
    return { memory, judgement: unasked('inconclusive', 'no-requests', summary, maxSlowdown) };
  }
  const settled: Draft = known === null ? begin(tests, look, edgesMs) : { ...known, state: copyLatency(known.state) };
  const warmAt = look.exposedAt + options.warmUpMs;
  const weigh = (draft: Draft, cell: number): void => {
    const beginsAt = fromMs + cell * everyMs;
    const durationMs = Math.min(everyMs, look.toMs - beginsAt);
    const timed = beginsAt < warmAt ? null : candidate.cells[cell]!;
    const merged = mergeTimed(draft.pending, { durationMs, control: control.cells[cell]!, candidate: timed });
    const waits = timed !== null && (merged.control.total === 0 || merged.candidate?.total === 0);
    draft.pending = waits && merged.durationMs < longestPendingMs ? merged : null;
    if (draft.pending === null) weighLatency(tests, draft.state, merged);
  };
  const settledCells = Math.min(cells, Math.max(0, Math.floor((look.toMs - lateMs - fromMs) / everyMs)));
  for (let cell = 0; cell < settledCells; cell++) weigh(settled, cell);
  settled.settledMs = fromMs + settledCells * everyMs;
  const provisional: Draft = { ...settled, state: copyLatency(settled.state) };
  for (let cell = settledCells; cell < cells; cell++) weigh(provisional, cell);
  const lastAt = Math.min(control.lastAt, candidate.lastAt);
  const { judgement, hasPassed } = decide(options, tests, look, provisional, lastAt);
  return { memory: { ...settled, hasPassed, hasFailed: judgement.verdict === 'fail' }, judgement };
}

type Draft = { -readonly [Key in keyof LatencyJudgeMemory]: LatencyJudgeMemory[Key] };

/** Longer than this nobody waits for the other slot. */
const longestPendingMs = 300_000;

/** As `mergeCells`, for latencies. */
function mergeTimed(pending: LatencyCell | null, cell: LatencyCell): LatencyCell {
  if (pending === null || pending.candidate === null || cell.candidate === null) return cell;
  return {
    durationMs: pending.durationMs + cell.durationMs,
    control: sumTimed(pending.control, cell.control),
    candidate: sumTimed(pending.candidate, cell.candidate),
  };
}

function sumTimed(a: TimedCounts, b: TimedCounts): TimedCounts {
  return { total: a.total + b.total, atMost: a.atMost.map((count, edge) => count + b.atMost[edge]!) };
}

function begin(tests: LatencyTests, look: LatencyLook, edgesMs: readonly number[]): Draft {
  const state = beginLatency(tests, edgesMs);
  const window = { fromMs: look.openedAt - historyMs, toMs: look.openedAt };
  const cells = historyMs / historyCellMs;
  const past = timedCells(look.latency, look.control!, window, { fromMs: window.fromMs, cellMs: historyCellMs, cells });
  if (past.kind === 'counted') {
    for (const control of past.cells)
      weighLatency(tests, state, { durationMs: historyCellMs, control, candidate: null });
  }
  return { kind: 'latency', settledMs: look.openedAt, state, pending: null, hasPassed: false, hasFailed: false };
}

function decide(
  options: LatencyJudgeOptions,
  tests: LatencyTests,
  look: LatencyLook,
  { state, hasPassed, hasFailed }: Draft,
  lastAt: number,
): { readonly judgement: WordedJudgement; readonly hasPassed: boolean } {
  const found = latencyEvidence(tests, state);
  const say = (verdict: Verdict, note: string, reason?: string, passed = hasPassed) => ({
    judgement: new WordedJudgement({ verdict, reason, exposure: undefined }, () => {
      const { words, evidence } = factsOf(options, look, state, found.worst);
      return { ...evidence, ...(reason === undefined ? {} : { reason }), summary: [words, note].join('; ') };
    }),
    hasPassed: passed,
  });
  if (hasFailed || found.fail >= found.failNeeded) {
    return say('fail', `shown to be slower than the active slot${hasPassed ? ', after it had looked good' : ''}`);
  }
  const ageMs = look.toMs - lastAt;
  if (ageMs > Math.max(staleMs, options.everyMs * 3)) {
    return say('error', `the newest sample is ${printDuration(ageMs)} old`, 'stale');
  }
  const warmLeftMs = look.exposedAt + options.warmUpMs - look.toMs;
  if (warmLeftMs > 0) return say('inconclusive', `it warms up for another ${printDuration(warmLeftMs)}`, 'warming-up');
  if (state.levels.every(({ edgeMs }) => edgeMs === null) && state.past.total > 0) {
    return say('inconclusive', 'the quantiles lie above the highest edge of the histogram', 'buckets-too-low');
  }
  const isPass = found.pass >= (hasPassed ? 0 : found.passNeeded);
  const samples = state.levels[found.worst]!.candidate.requests;
  const isShort = look.toMs - look.openedAt < options.minTimeMs;
  if (samples < options.minSamples) {
    return say(
      'inconclusive',
      `${printCount(options.minSamples)} requests needed`,
      isShort ? 'collecting' : 'low-traffic',
      isPass,
    );
  }
  if (isShort) return say('inconclusive', `at least ${printDuration(options.minTimeMs)} needed`, 'collecting', isPass);
  if (isPass)
    return say('pass', `shown to be less than ${printTimes(options.maxSlowdown)} times as slow`, undefined, true);
  return say('inconclusive', 'neither slower nor as fast is shown yet', 'collecting', false);
}

function factsOf(
  { quantiles, maxSlowdown }: LatencyJudgeOptions,
  look: LatencyLook,
  { levels }: LatencyState,
  worst: number,
): { readonly words: string; readonly evidence: Omit<Evidence, 'summary'> } {
  const words = levels.map(({ edgeMs, candidate, control }, index) => {
    const name = `p${Number((quantiles[index]! * 100).toFixed(3))}`;
    if (edgeMs === null) return `${name} not known yet`;
    if (candidate.requests === 0) return `${name}: nothing measured on the candidate yet`;
    const share = (part: { readonly requests: number; readonly bad: number }): string =>
      part.requests === 0 ? 'none' : printPercent(part.bad / part.requests);
    return `${name}: ${share(candidate)} of ${printCount(candidate.requests)} requests slower than ${printCount(edgeMs)} ms, ${share(control)} of ${printCount(control.requests)} on the active slot`;
  });
  const level = levels[worst]!;
  const { candidate, control } = level;
  return {
    words: words.join('; '),
    evidence: {
      limit: maxSlowdown,
      samples: candidate.requests,
      windowMs: look.toMs - look.openedAt,
      ...(candidate.requests === 0 ? {} : { value: candidate.bad / candidate.requests }),
      ...(control.requests === 0
        ? {}
        : { control: { value: control.bad / control.requests, samples: control.requests } }),
    },
  };
}

/** The finite edges, ascending; `null` where the reading can't be used. */
function edgesOf(reading: LatencyReading): readonly number[] | null {
  if (!Array.isArray(reading) || reading.length < 2) return null;
  const edges = reading.map((edge) => edge?.atMostMs);
  const isAscending = edges.every(
    (edge, index) => typeof edge === 'number' && (index === 0 || edge > edges[index - 1]!),
  );
  return isAscending && edges.at(-1) === Number.POSITIVE_INFINITY ? edges.slice(0, -1) : null;
}

function noEdges(reading: LatencyReading, limit: number): WordedJudgement {
  const isEmpty = Array.isArray(reading) && reading.length === 0;
  return isEmpty
    ? unasked('error', 'no-series', 'the metric source has no latencies', limit)
    : unasked('error', 'invalid-samples', 'the edges of the histogram do not ascend to infinity', limit);
}

function sameEdges(a: readonly number[], b: readonly number[]): boolean {
  return a.length === b.length && a.every((edge, index) => edge === b[index]);
}

type TimedCells =
  | { readonly kind: 'counted'; readonly cells: readonly TimedCounts[]; readonly lastAt: number }
  | { readonly kind: 'empty' }
  | { readonly kind: 'invalid'; readonly problem: string };

function timedCells(reading: LatencyReading, slot: Slot, window: MetricWindow, grid: CellGrid): TimedCells {
  const all = reading.at(-1)!.counted?.[slot];
  if (!isReading(all)) return { kind: 'invalid', problem: `the metric source gave no list of series for ${slot}` };
  const total = growthByCell(all, [], window, grid);
  if (total.kind !== 'counted') return total;
  const columns: (readonly number[])[] = [];
  for (const { counted } of reading.slice(0, -1)) {
    const series = counted?.[slot];
    if (!isReading(series)) return { kind: 'invalid', problem: `the metric source gave no list of series for ${slot}` };
    const growth = growthByCell(series, all, window, grid);
    if (growth.kind === 'invalid') return growth;
    // No series below an edge: nothing was that fast.
    columns.push(growth.kind === 'empty' ? total.counts.map(() => 0) : growth.counts);
  }
  const cells = total.counts.map((count, cell) => ({ total: count, atMost: atMostOf(columns, cell, count) }));
  return { kind: 'counted', cells, lastAt: total.lastAt };
}

/** Counts below ascending edges ascend; the parts of a histogram may be read a moment apart. */
function atMostOf(columns: readonly (readonly number[])[], cell: number, total: number): readonly number[] {
  let least = total;
  return columns
    .map((column) => column[cell]!)
    .reverse()
    .map((count) => {
      least = Math.min(least, count);
      return least;
    })
    .reverse();
}
