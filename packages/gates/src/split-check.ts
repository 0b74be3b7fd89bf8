import {
  addToSampleRatio,
  freshSampleRatio,
  logOfSampleRatio,
  type SampleRatioEvidence,
  sampleRatioTest,
} from './sample-ratio-test.js';

/** The share of requests that the candidate shall have, in percent. */
export interface CommandedSplit {
  readonly percent: number;
  /** How far the real share may lie from it. */
  readonly tolerancePercent: number;
  /** Since when every router uses it. */
  readonly since: number;
}

export interface SplitMemory {
  readonly percent: number;
  readonly evidence: SampleRatioEvidence;
}

/** A correct split is taken for a wrong one in one release of a thousand. */
const budget = 0.001;

export function copySplit(memory: SplitMemory | null): SplitMemory | null {
  if (memory === null) return null;
  const { above, below } = memory.evidence;
  return { percent: memory.percent, evidence: { above: [...above], below: [...below] } };
}

/** Weighs one cell that begins when the split was in place. Another percent begins anew. May change `memory`. */
export function addToSplit(
  memory: SplitMemory | null,
  split: CommandedSplit | null,
  beginsAt: number,
  controlRequests: number,
  candidateRequests: number,
): SplitMemory | null {
  if (split === null || split.percent <= 0 || split.percent >= 100) return null;
  const test = sampleRatioTest(split.percent / 100, split.tolerancePercent / 100);
  const kept =
    memory?.percent === split.percent ? memory : { percent: split.percent, evidence: freshSampleRatio(test) };
  if (beginsAt >= split.since) addToSampleRatio(test, kept.evidence, controlRequests, candidateRequests);
  return kept;
}

/** Whether the measured share is shown to be another one than was commanded. */
export function isMismatch(memory: SplitMemory | null): boolean {
  return memory !== null && logOfSampleRatio(memory.evidence) >= -Math.log(budget);
}
