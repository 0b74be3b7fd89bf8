import type { SimulatedRun } from '../result/simulated-run.js';

/** What a comparison keeps of one run: whole numbers, so that sums do not depend on their order. -1: it never came to it. */
export interface RunRow {
  /** 0 promoted, 1 rolled back, 2 stuck, 3 no end. */
  readonly outcome: number;
  /** Why it was rolled back: 0 not at all, 1 evidence, 2 a deadline, 3 trouble. */
  readonly cause: number;
  readonly failed: number;
  readonly excessFailed: number;
  readonly candidateRequests: number;
  readonly detectedMs: number;
  /** To the promotion. */
  readonly leadMs: number;
  readonly doubleRunningMs: number;
  readonly weightChanges: number;
  /** Of what the scenario wants. */
  readonly missed: number;
}

export const rowFields = [
  'outcome',
  'cause',
  'failed',
  'excessFailed',
  'candidateRequests',
  'detectedMs',
  'leadMs',
  'doubleRunningMs',
  'weightChanges',
  'missed',
] as const satisfies readonly (keyof RunRow)[];

export const endless: RunRow = {
  outcome: 3,
  cause: 3,
  failed: 0,
  excessFailed: 0,
  candidateRequests: 0,
  detectedMs: -1,
  leadMs: -1,
  doubleRunningMs: 0,
  weightChanges: 0,
  missed: 1,
};

const evidence = ['gate-failed', 'guardrail-failed', 'never-ready', 'candidate-unfit'];
const deadlines = ['gate-undecided', 'approval-expired', 'total-exceeded'];

export function rowOf({ outcome, impact, cost, timeline }: SimulatedRun, missed: number): RunRow {
  const promotedMs = timeline.phases.find(({ phase }) => phase === 'retiring' || phase === 'promoted')?.fromMs;
  const code = outcome.cause?.code;
  return {
    outcome: ['promoted', 'rolled-back', 'stuck'].indexOf(outcome.kind),
    cause: code === undefined ? 0 : evidence.includes(code) ? 1 : deadlines.includes(code) ? 2 : 3,
    failed: impact.failed,
    excessFailed: Math.round(impact.excessFailed),
    candidateRequests: impact.candidateRequests,
    detectedMs: Math.round(impact.detectedMs ?? -1),
    leadMs: outcome.kind === 'promoted' ? Math.round(promotedMs ?? -1) : -1,
    doubleRunningMs: Math.round(cost.doubleRunningHours * 3_600_000),
    weightChanges: timeline.weights.length - 1,
    missed,
  };
}
