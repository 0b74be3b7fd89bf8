import { describe, expect, it } from 'vitest';
import { timeToPass } from './error-eta.js';
import { exposureOf } from './error-exposure.js';
import { beginErrorRatio, errorRatioEvidence, errorRatioTests, learnControl, weighErrors } from './error-ratio.js';

const tests = errorRatioTests({
  maxRatio: 2,
  failAbove: 1,
  maxRate: 0.01,
  harmlessRate: 0.001,
  failBudget: 0.01,
  passBudget: 0.03,
});
const cellMs = 15_000;

/** A service of so many requests a second, `share` of them on the candidate, with an hour of its past; nothing fails. */
function faultless(perSecond: number, share: number, seconds: number) {
  const state = beginErrorRatio(tests);
  for (let minute = 0; minute < 60; minute++) learnControl(state, 60_000, perSecond * 60, 0);
  const counts = { controlBad: 0, candidateBad: 0, durationMs: cellMs, leftMs: 3_600_000 };
  const weigh = (): void => {
    const requests = (perSecond * cellMs) / 1_000;
    weighErrors(tests, state, {
      ...counts,
      controlRequests: requests * (1 - share),
      candidateRequests: requests * share,
    });
  };
  for (let cell = 0; cell < (seconds * 1_000) / cellMs; cell++) weigh();
  return { state, weigh };
}

describe('the time until a version that is as good would pass', () => {
  it.each([
    ['beside the active slot', false, 0.2],
    ['alone', true, 1],
  ] as const)('is near what it then takes where nothing fails, %s', (_, isAlone, share) => {
    const { state, weigh } = faultless(20, share, 60);
    const forecastMs = timeToPass(tests, state, isAlone)!;
    const hasPassed = (): boolean => {
      const { passLimit, passRatio, passNeeded } = errorRatioEvidence(tests, state);
      return passLimit >= passNeeded && (isAlone || passRatio >= passNeeded);
    };
    let tookMs = 0;
    while (!hasPassed() && tookMs < 10 * 3_600_000) {
      weigh();
      tookMs += cellMs;
    }
    expect(forecastMs).toBeGreaterThan(tookMs * 0.9 - cellMs);
    expect(forecastMs).toBeLessThan(tookMs * 1.1 + cellMs);
  });

  it('is known from the first requests on where nothing failed: a dozen of them is no rate above the limit', () => {
    const { state } = faultless(0.8, 1, 15);
    expect(state.candidate).toEqual({ requests: 12, bad: 0 });
    expect(timeToPass(tests, state, true)).toBeGreaterThan(60_000);
  });

  it('is not known for a version that is above the limit', () => {
    const state = beginErrorRatio(tests);
    const counts = { controlRequests: 0, controlBad: 0, candidateRequests: 100, candidateBad: 5 };
    weighErrors(tests, state, { ...counts, durationMs: cellMs, leftMs: 0 });
    expect(timeToPass(tests, state, true)).toBeNull();
  });
});

describe('the wish for more users', () => {
  const look = { toMs: 300_000, dueAt: 3_600_000, isAlone: false };

  it('is said where more of them would decide, and kept quiet where even half of them would not', () => {
    expect(exposureOf(tests, faultless(100, 0.1, 300).state, look)).toBe('raise');
    expect(exposureOf(tests, faultless(1, 0.1, 300).state, look)).toBeUndefined();
    expect(exposureOf(tests, faultless(2_000, 0.1, 300).state, look)).toBeUndefined();
  });

  it('is never said without a deadline or without a comparison', () => {
    expect(exposureOf(tests, faultless(100, 0.1, 300).state, { ...look, dueAt: null })).toBeUndefined();
    expect(exposureOf(tests, faultless(100, 0.1, 300).state, { ...look, isAlone: true })).toBeUndefined();
  });
});
