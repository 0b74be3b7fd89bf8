import {
  beginErrorRatio,
  type ErrorJudgeOptions,
  errorRatioEvidence,
  errorRatioTests,
  exposureOf,
  learnControl,
  weighErrors,
} from '@bluegreen/gates';
import type { Sfc32 } from '@bluegreen/simulator/random';
import {
  type Counts,
  type Ending,
  endingOf,
  excessPerMinute,
  looksPerMinute,
  minutes,
  type Situation,
  weight,
} from './situations.js';
import { drawCounts } from './world.js';

/** The defaults of a policy that says `{ kind: 'error-ratio', maxRatio: 2, maxRate: 0.01 }` in one gate. */
export const options: ErrorJudgeOptions = {
  maxRatio: 2,
  maxRate: 0.01,
  failAbove: 1,
  harmlessRate: 0.001,
  failBudget: 0.01,
  passBudget: 0.03,
  minSamples: 50,
  minTimeMs: 300_000,
  everyMs: 60_000 / looksPerMinute,
};

const tests = errorRatioTests(options);
const horizonMs = minutes * 60_000;

interface Release {
  look(counts: Counts, atMs: number): Ending['decision'] | null;
  exposure(atMs: number): 'raise' | 'lower' | undefined;
}

/** The production judge, fed look by look. */
function judge(history: readonly (readonly [number, number])[]): Release {
  const state = beginErrorRatio(tests);
  for (const [requests, bad] of history) learnControl(state, 60_000, requests, bad);
  return {
    look(counts, atMs) {
      weighErrors(tests, state, { ...counts, durationMs: options.everyMs, leftMs: horizonMs - atMs });
      const found = errorRatioEvidence(tests, state);
      if (found.fail >= found.failNeeded) return 'rolled-back';
      const toMs = atMs + options.everyMs;
      if (toMs < options.minTimeMs || state.candidate.requests < options.minSamples) return null;
      return found.passRatio >= found.passNeeded && found.passLimit >= found.passNeeded ? 'shipped' : null;
    },
    exposure(atMs) {
      return exposureOf(tests, state, { toMs: atMs, dueAt: horizonMs, isAlone: false });
    },
  };
}

/** At a tenth of the traffic all the time. */
export function playSequential(
  situation: Situation,
  byLook: readonly Counts[],
  history: readonly (readonly [number, number])[],
): Ending {
  const release = judge(history);
  for (const [index, counts] of byLook.entries()) {
    const decision = release.look(counts, index * options.everyMs);
    const minute = (index + 1) / looksPerMinute;
    if (decision !== null) {
      return endingOf(situation, decision, minute, excessPerMinute(situation, weight) * minute);
    }
  }
  return endingOf(situation, 'undecided', minutes, excessPerMinute(situation, weight) * minutes);
}

const shares = [0.1, 0.2, 0.4] as const;
const raiseEveryMs = 120_000;

/** The share goes up while the gate starves and nothing speaks against the version, and back when something does. */
export function playRamp(situation: Situation, stream: Sfc32, history: readonly (readonly [number, number])[]): Ending {
  const release = judge(history);
  let raised = 0;
  let changedAt = 0;
  let excess = 0;
  for (let index = 0; index < minutes * looksPerMinute; index++) {
    const share = shares[raised]!;
    const atMs = index * options.everyMs;
    const decision = release.look(drawCounts(stream, situation, share), atMs);
    excess += excessPerMinute(situation, share) / looksPerMinute;
    const toMs = atMs + options.everyMs;
    if (decision !== null) return endingOf(situation, decision, toMs / 60_000, excess);
    const wanted = release.exposure(toMs);
    if (wanted === 'lower' && raised > 0) [raised, changedAt] = [0, toMs];
    if (wanted === 'raise' && raised < shares.length - 1 && toMs >= changedAt + raiseEveryMs) {
      [raised, changedAt] = [raised + 1, toMs];
    }
  }
  return endingOf(situation, 'undecided', minutes, excess);
}
