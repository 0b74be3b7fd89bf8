import type { SlotCounts } from './ratio-test.js';

/** Counts of both slots over a time with one commanded share: enough to show an interval, without every cell. */
export interface Block extends SlotCounts {
  readonly percent: number | null;
}

/** More shares than this a release does not go through; the oldest ones become one. */
const mostBlocks = 24;

/** Adds one cell. Bad requests count what they count for the decision too, so that both say the same. */
export function addBlock(
  blocks: readonly Block[],
  percent: number | null,
  counts: SlotCounts,
  tempering: number,
): readonly Block[] {
  const one: Block = {
    percent,
    controlRequests: counts.controlRequests,
    controlBad: counts.controlBad * tempering,
    candidateRequests: counts.candidateRequests,
    candidateBad: counts.candidateBad * tempering,
  };
  const last = blocks.at(-1);
  if (last === undefined || last.percent !== percent) {
    const [first, second, ...rest] = blocks;
    const kept = blocks.length < mostBlocks ? blocks : [sum(first!, second!), ...rest];
    return [...kept, one];
  }
  return [...blocks.slice(0, -1), sum(last, one)];
}

function sum(a: Block, b: Block): Block {
  return {
    percent: b.percent,
    controlRequests: a.controlRequests + b.controlRequests,
    controlBad: a.controlBad + b.controlBad,
    candidateRequests: a.candidateRequests + b.candidateRequests,
    candidateBad: a.candidateBad + b.candidateBad,
  };
}
