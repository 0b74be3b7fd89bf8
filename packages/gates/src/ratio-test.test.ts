import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { evenMixture, freshEvidence, logOf, logSumExp } from './evidence.js';
import { addToLimit, limitTest } from './limit-test.js';
import { ratioInterval } from './ratio-interval.js';
import { addToRatio, ratioTest, type Side, type SlotCounts } from './ratio-test.js';

const slot = fc.nat(50_000).chain((requests) => fc.tuple(fc.constant(requests), fc.nat(Math.min(requests, 400))));
const counts: fc.Arbitrary<SlotCounts> = fc
  .tuple(slot, slot)
  .map(([[controlRequests, controlBad], [candidateRequests, candidateBad]]) => ({
    controlRequests,
    controlBad,
    candidateRequests,
    candidateBad,
  }));
const several = fc.array(counts, { minLength: 1, maxLength: 6 });
const side = fc.constantFrom<Side>('fail', 'pass');
const nullRatio = fc.constantFrom(1, 1.2, 2, 3);

function logEvidence(of: Side, ratio: number, intervals: readonly SlotCounts[]): number {
  const test = ratioTest(of, ratio);
  const evidence = freshEvidence(test.mixture);
  for (const interval of intervals) addToRatio(test, evidence, interval);
  return logOf(evidence);
}

/** Equal up to rounding of sums of this size. */
function expectSame(a: number, b: number): void {
  expect(Math.abs(a - b)).toBeLessThanOrEqual(1e-9 * Math.max(1, Math.abs(a), Math.abs(b)) + 1e-7);
}

describe('property: evidence about a ratio', () => {
  it('does not depend on the order of the intervals', () => {
    fc.assert(
      fc.property(side, nullRatio, several, (of, ratio, intervals) => {
        expectSame(logEvidence(of, ratio, intervals), logEvidence(of, ratio, [...intervals].reverse()));
      }),
    );
  });

  it('does not depend on where an interval is cut, as long as the split stays', () => {
    fc.assert(
      fc.property(side, nullRatio, counts, fc.integer({ min: 1, max: 9 }), (of, ratio, whole, parts) => {
        const scaled = {
          ...whole,
          controlRequests: whole.controlRequests * parts,
          candidateRequests: whole.candidateRequests * parts,
        };
        const cut = Array.from({ length: parts }, (_, index) => ({
          controlRequests: whole.controlRequests,
          candidateRequests: whole.candidateRequests,
          controlBad: index === 0 ? whole.controlBad : 0,
          candidateBad: index === 0 ? whole.candidateBad : 0,
        }));
        expectSame(logEvidence(of, ratio, [scaled]), logEvidence(of, ratio, cut));
      }),
    );
  });

  it('stays as it is when nothing was bad, or when one slot had no requests', () => {
    fc.assert(
      fc.property(side, nullRatio, several, counts, (of, ratio, intervals, more) => {
        const before = logEvidence(of, ratio, intervals);
        for (const silent of [
          { ...more, controlBad: 0, candidateBad: 0 },
          { ...more, controlRequests: 0 },
          { ...more, candidateRequests: 0 },
        ]) {
          expect(logEvidence(of, ratio, [...intervals, silent])).toBe(before);
        }
      }),
    );
  });

  it('is the same number with the slots swapped and every ratio inverted', () => {
    fc.assert(
      fc.property(nullRatio, several, (ratio, intervals) => {
        const swapped = intervals.map((each) => ({
          controlRequests: each.candidateRequests,
          controlBad: each.candidateBad,
          candidateRequests: each.controlRequests,
          candidateBad: each.controlBad,
        }));
        expectSame(logEvidence('fail', ratio, intervals), logEvidence('pass', 1 / ratio, swapped));
      }),
    );
  });

  it('for failing never shrinks, and for passing never grows, with one more bad request of the candidate', () => {
    fc.assert(
      fc.property(nullRatio, several, counts, (ratio, intervals, last) => {
        const worse = { ...last, candidateBad: last.candidateBad + 1 };
        const [before, after] = [
          [...intervals, last],
          [...intervals, worse],
        ];
        expect(logEvidence('fail', ratio, after)).toBeGreaterThanOrEqual(logEvidence('fail', ratio, before) - 1e-9);
        expect(logEvidence('pass', ratio, after)).toBeLessThanOrEqual(logEvidence('pass', ratio, before) + 1e-9);
      }),
    );
  });

  it('against a limit does the same', () => {
    fc.assert(
      fc.property(fc.constantFrom(0.001, 0.01, 0.3), fc.nat(10_000), fc.nat(200), (limit, good, bad) => {
        const log = (of: Side, more: number): number => {
          const test = limitTest(of, limit);
          const evidence = freshEvidence(test.mixture);
          addToLimit(test, evidence, good + bad + 1, bad + more);
          return logOf(evidence);
        };
        expect(log('fail', 1)).toBeGreaterThanOrEqual(log('fail', 0) - 1e-9);
        expect(log('pass', 1)).toBeLessThanOrEqual(log('pass', 0) + 1e-9);
      }),
    );
  });

  it('is a number however large the counts are', () => {
    const huge = { controlRequests: 1e12, controlBad: 1e9, candidateRequests: 1e11, candidateBad: 9e8 };
    expect(logEvidence('fail', 1, [huge])).toBeGreaterThan(1e6);
    expect(Number.isFinite(logEvidence('pass', 2, [huge]))).toBe(true);
    expect(logSumExp([-1e300, 1e300])).toBe(1e300);
    expect(logSumExp([])).toBe(Number.NEGATIVE_INFINITY);
  });
});

describe('interval of the ratio', () => {
  it('holds the estimate, and narrows with more of the same', () => {
    fc.assert(
      fc.property(counts, (few) => {
        fc.pre(few.controlBad > 0 && few.candidateBad > 0);
        const found = ratioInterval([few], 0.05);
        expect(found.lower).toBeLessThanOrEqual(found.estimate! * (1 + 1e-9));
        expect(found.upper ?? Number.POSITIVE_INFINITY).toBeGreaterThanOrEqual(found.estimate! * (1 - 1e-9));
        const more = ratioInterval(Array(8).fill(few), 0.05);
        expect(more.lower).toBeGreaterThanOrEqual(found.lower);
        expect(more.upper ?? Number.POSITIVE_INFINITY).toBeLessThanOrEqual(found.upper ?? Number.POSITIVE_INFINITY);
      }),
      { numRuns: 40 },
    );
  });

  it('is open where one slot had nothing bad, and says nothing without requests', () => {
    const base = { controlRequests: 900, controlBad: 0, candidateRequests: 100, candidateBad: 4 };
    expect(ratioInterval([base], 0.05)).toMatchObject({ estimate: null, upper: null });
    const clean = ratioInterval([{ ...base, controlBad: 30, candidateBad: 0 }], 0.05);
    expect(clean).toMatchObject({ estimate: 0, lower: 0 });
    expect(clean.upper).toBeLessThan(3);
    expect(ratioInterval([{ ...base, controlRequests: 0 }], 0.05)).toEqual({ estimate: null, lower: 0, upper: null });
    expect(ratioInterval([], 0.05)).toEqual({ estimate: null, lower: 0, upper: null });
  });

  it('takes alternatives of its own', () => {
    const test = ratioTest('pass', 2, evenMixture([1]));
    const evidence = freshEvidence(test.mixture);
    addToRatio(test, evidence, { controlRequests: 900, controlBad: 3, candidateRequests: 100, candidateBad: 0 });
    expect(logOf(evidence)).toBeCloseTo(3 * Math.log(1_100 / 1_000), 12);
  });
});
