import {
  beginErrorRatio,
  type ErrorJudgeOptions,
  errorRatioEvidence,
  errorRatioTests,
  exposureOf,
  learnControl,
  weighErrors,
} from '@bluegreen/gates';
import { movedPercent } from '@bluegreen/machine';
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

/** The step of the policy that is played; percent. */
const step = { percent: weight * 100, raise: { percent: 40, everyMs: 120_000 } } as const;

/** The share goes up while the gate starves and nothing speaks against the version, and back when something does. */
export function playRamp(situation: Situation, stream: Sfc32, history: readonly (readonly [number, number])[]): Ending {
  const release = judge(history);
  let now = { percent: step.percent as number, since: 0 };
  let excess = 0;
  for (let index = 0; index < minutes * looksPerMinute; index++) {
    const share = now.percent / 100;
    const atMs = index * options.everyMs;
    const decision = release.look(drawCounts(stream, situation, share), atMs);
    excess += excessPerMinute(situation, share) / looksPerMinute;
    const toMs = atMs + options.everyMs;
    if (decision !== null) return endingOf(situation, decision, toMs / 60_000, excess);
    const percent = movedPercent(step, now, toMs, release.exposure(toMs));
    if (percent !== now.percent) now = { percent, since: toMs };
  }
  return endingOf(situation, 'undecided', minutes, excess);
}
