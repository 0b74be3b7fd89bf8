import type { MetricReading, Slot } from '@bluegreen/contract';
import { errorJudgement } from './error-judgement.js';
import {
  beginErrorRatio,
  copyErrorRatio,
  type ErrorRatioLimits,
  type ErrorRatioState,
  type ErrorRatioTests,
  errorRatioTests,
  errorTempering,
  learnControl,
  weighErrors,
} from './error-ratio.js';
import type { MetricWindow } from './increase.js';
import { unasked, WordedJudgement } from './judgement.js';
import { isOneSided, mergeCells, type PendingCell } from './pending-cell.js';
import type { SlotCounts } from './ratio-test.js';
import { addBlock, type Block } from './share-blocks.js';
import { type NoCells, type SlotCells, slotCells } from './slot-cells.js';
import { addToSplit, type CommandedSplit, copySplit, type SplitMemory } from './split-check.js';

/** An analysis of kind `error-ratio`, as the compiled policy holds it. */
export interface ErrorJudgeOptions extends ErrorRatioLimits {
  readonly minSamples: number;
  readonly minTimeMs: number;
  /** Between two looks; also the length of a cell. */
  readonly everyMs: number;
}

/** What a comparing judge is told of one service at one look. Instants in milliseconds since the epoch. */
export interface ComparedLook {
  readonly candidate: Slot;
  /** `null`: nothing served before. */
  readonly control: Slot | null;
  readonly openedAt: number;
  /** Up to when the source is complete. */
  readonly toMs: number;
  /** When the gate gives up; `null`: never. */
  readonly dueAt: number | null;
  /** Whether the candidate serves everybody: then there is nothing to compare with. */
  readonly isAlone: boolean;
  /** The share that was commanded, to be held against the measured one; `null` where users and requests are not the same. */
  readonly split: CommandedSplit | null;
}

export interface ErrorLook extends ComparedLook {
  readonly requests: MetricReading;
  readonly errors: MetricReading;
}

/** Everything that a recovered judge needs: plain data. */
export interface ErrorJudgeMemory {
  readonly kind: 'error-ratio';
  /** Up to when everything was weighed for good; later cells are read again, because data may come late. */
  readonly settledMs: number;
  readonly state: ErrorRatioState;
  readonly blocks: readonly Block[];
  readonly split: SplitMemory | null;
  /** Cells in which one slot had no request yet: weighed together with the next one. */
  readonly pending: PendingCell | null;
  readonly hasPassed: boolean;
  /** Crossing once is enough. */
  readonly hasFailed: boolean;
}

/** How much of the control's past shows how its errors cluster. */
export const historyMs = 3_600_000;
/** How long counts of a cell may still change. */
const lateMs = 60_000;
/** A cell's growth begins at the sample before it. */
const lookbackMs = 300_000;
const historyCellMs = 60_000;
/** A bound for one look after a long outage: the rest follows with the next one. */
const mostCells = 5_760;

/** What to ask the metric source before `judgeErrorRatio`. */
export function comparedWindow(
  memory: { readonly settledMs: number } | null,
  look: Pick<ComparedLook, 'openedAt' | 'toMs'>,
): MetricWindow {
  if (memory === null) return { fromMs: look.openedAt - historyMs, toMs: look.toMs };
  return { fromMs: Math.max(look.openedAt, memory.settledMs - lookbackMs), toMs: look.toMs };
}

/**
 * Judges the errors of the candidate against those of the active slot, at any time and as often as wanted. Pure; the
 * memory that it gives back is all that it needs next time, and `null` begins.
 *
 * - `fail`: shown to have more errors than the control, or more than `maxRate`.
 * - `pass`: shown to have fewer than `maxRatio` times its errors and less than `maxRate`, over `minSamples` and
 *   `minTimeMs`, with fresh data. Alone (at 100 %) only the rate can be shown.
 * - `inconclusive`: `collecting`, `low-traffic`, `underpowered` (not in the time left), `no-requests`.
 * - `error`: `invalid-samples`, `no-series`, `stale`, `split-mismatch`.
 */
export function judgeErrorRatio(
  options: ErrorJudgeOptions,
  memory: ErrorJudgeMemory | null,
  look: ErrorLook,
): { readonly memory: ErrorJudgeMemory | null; readonly judgement: WordedJudgement } {
  const tests = errorRatioTests(options);
  const read = readCells(options, memory, look);
  if (read instanceof WordedJudgement) return { memory, judgement: read };
  const settled: Draft = memory === null ? begin(tests, look) : draftOf(memory);
  const { fromMs, cellMs, candidate, control } = read;
  const cells = candidate.requests.length;
  const settledCells = Math.min(cells, Math.max(0, Math.floor((look.toMs - lateMs - fromMs) / cellMs)));
  for (let cell = 0; cell < settledCells; cell++) weighCell(tests, settled, look, read, cell);
  settled.settledMs = fromMs + settledCells * cellMs;
  const provisional = draftOf(settled);
  for (let cell = settledCells; cell < cells; cell++) weighCell(tests, provisional, look, read, cell);
  const lastAt = Math.min(candidate.lastAt, control?.lastAt ?? candidate.lastAt);
  const { judgement, hasPassed } = errorJudgement(options, tests, look, {
    ...provisional,
    lastAt,
    resets: candidate.resets + (control?.resets ?? 0),
  });
  return { memory: { ...settled, hasPassed, hasFailed: judgement.verdict === 'fail' }, judgement };
}

type Draft = { -readonly [Key in keyof ErrorJudgeMemory]: ErrorJudgeMemory[Key] };

function begin(tests: ErrorRatioTests, look: ErrorLook): Draft {
  const state = beginErrorRatio(tests);
  const cells = Math.floor(historyMs / historyCellMs);
  const window = { fromMs: look.openedAt - historyMs, toMs: look.openedAt };
  if (look.control !== null) {
    const past = slotCells(look, look.control, window, { fromMs: window.fromMs, cellMs: historyCellMs, cells });
    if (past.kind === 'counted') {
      past.requests.forEach((requests, cell) => {
        learnControl(state, historyCellMs, requests, past.bad[cell]!);
      });
    }
  }
  return {
    kind: 'error-ratio',
    settledMs: look.openedAt,
    state,
    blocks: [],
    split: null,
    pending: null,
    hasPassed: false,
    hasFailed: false,
  };
}

function draftOf(memory: ErrorJudgeMemory): Draft {
  return { ...memory, state: copyErrorRatio(memory.state), split: copySplit(memory.split) };
}

interface ReadCells {
  readonly fromMs: number;
  readonly cellMs: number;
  readonly candidate: SlotCells;
  /** `null` where there is nothing to compare with. */
  readonly control: SlotCells | null;
}

function readCells(
  { everyMs, maxRate }: ErrorJudgeOptions,
  memory: ErrorJudgeMemory | null,
  look: ErrorLook,
): ReadCells | WordedJudgement {
  const fromMs = memory?.settledMs ?? look.openedAt;
  const cells = Math.min(mostCells, Math.max(0, Math.ceil((look.toMs - fromMs) / everyMs)));
  const grid = { fromMs, cellMs: everyMs, cells };
  const window = { fromMs: Math.max(look.openedAt, fromMs - lookbackMs), toMs: look.toMs };
  const candidate = slotCells(look, look.candidate, window, grid);
  const control = look.control === null ? null : slotCells(look, look.control, window, grid);
  if (candidate.kind === 'invalid') return unasked('error', 'invalid-samples', candidate.problem, maxRate);
  if (control?.kind === 'invalid') return unasked('error', 'invalid-samples', control.problem, maxRate);
  if (!look.isAlone && control?.kind !== 'counted') return noSeries(control, maxRate);
  if (candidate.kind !== 'counted') {
    if (control?.kind !== 'counted' || look.isAlone) return noSeries(candidate, maxRate);
    return unasked('inconclusive', 'no-requests', `${candidate.problem} yet`, maxRate);
  }
  return { fromMs, cellMs: everyMs, candidate, control: control?.kind === 'counted' ? control : null };
}

function noSeries(cells: NoCells | null, maxRate: number): WordedJudgement {
  return unasked('error', 'no-series', cells?.problem ?? 'there is no active slot to compare with', maxRate);
}

function weighCell(tests: ErrorRatioTests, draft: Draft, look: ErrorLook, read: ReadCells, index: number): void {
  const { fromMs, cellMs, candidate, control } = read;
  const beginsAt = fromMs + index * cellMs;
  const counts: SlotCounts = {
    controlRequests: control?.requests[index] ?? 0,
    controlBad: control?.bad[index] ?? 0,
    candidateRequests: candidate.requests[index]!,
    candidateBad: candidate.bad[index]!,
  };
  const merged = mergeCells(draft.pending, counts, Math.min(cellMs, look.toMs - beginsAt));
  draft.pending = !look.isAlone && isOneSided(merged) ? merged : null;
  if (draft.pending === null) weighMerged(tests, draft, look, merged, beginsAt);
}

function weighMerged(
  tests: ErrorRatioTests,
  draft: Draft,
  look: ErrorLook,
  { counts, durationMs }: PendingCell,
  beginsAt: number,
): void {
  const leftMs = look.dueAt === null ? 0 : Math.max(0, look.dueAt - beginsAt);
  draft.blocks = addBlock(draft.blocks, look.split?.percent ?? null, counts, errorTempering(draft.state).fail);
  weighErrors(tests, draft.state, { ...counts, durationMs, leftMs });
  draft.split = addToSplit(draft.split, look.split, beginsAt, counts.controlRequests, counts.candidateRequests);
}
