import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { keyedStreams } from '../random/keyed-streams.js';
import type { RecordedCell } from './recording.js';
import { thinCell } from './thinned-cells.js';

const counts = fc
  .nat(2_000)
  .chain((requests) => fc.record({ requests: fc.constant(requests), errors: fc.nat(requests) }));
const cell = fc.record({ fromMs: fc.constant(0), toMs: fc.constant(1), active: counts, candidate: counts });
const share = fc.integer({ min: 0, max: 1_000 }).map((tenths) => tenths / 1_000);
const streams = keyedStreams(7).key('thin');

describe('a recorded cell at another weight', () => {
  it('has nothing that was not recorded', () => {
    fc.assert(
      fc.property(cell, share, fc.nat(100), (recorded, weight, number) => {
        const thinned = thinCell(recorded, weight, streams, number);
        for (const role of ['active', 'candidate'] as const) {
          expect(thinned[role].errors).toBeLessThanOrEqual(recorded[role].errors);
          expect(thinned[role].requests - thinned[role].errors).toBeLessThanOrEqual(
            recorded[role].requests - recorded[role].errors,
          );
        }
        expect(thinned.used).toBeGreaterThanOrEqual(0);
        expect(thinned.used).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('is what was recorded where the weight is the recorded one', () => {
    fc.assert(
      fc.property(cell, fc.nat(100), (recorded: RecordedCell, number) => {
        const total = recorded.active.requests + recorded.candidate.requests;
        fc.pre(total > 0);
        const { active, candidate, used } = thinCell(recorded, recorded.candidate.requests / total, streams, number);
        expect(used).toBeCloseTo(1, 9);
        // A chance of 1 may come out a rounding below it, so one request in millions may be lost.
        expect(recorded.active.requests - active.requests).toBeLessThanOrEqual(1);
        expect(recorded.candidate.requests - candidate.requests).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('keeps the split that is replayed, and the rates that were recorded', () => {
    const recorded = {
      fromMs: 0,
      toMs: 1,
      active: { requests: 9_000, errors: 90 },
      candidate: { requests: 1_000, errors: 50 },
    };
    for (const weight of [0.02, 0.1, 0.3, 0.5]) {
      const sum = { active: 0, candidate: 0, errors: 0, activeErrors: 0 };
      for (let number = 0; number < 4_000; number++) {
        const { active, candidate } = thinCell(recorded, weight, streams, number);
        sum.active += active.requests;
        sum.candidate += candidate.requests;
        sum.errors += candidate.errors;
        sum.activeErrors += active.errors;
      }
      const four = (count: number): number => 4 / Math.sqrt(count);
      expect(sum.candidate / (sum.active + sum.candidate) / weight - 1).toBeLessThan(four(sum.candidate));
      expect(Math.abs(sum.errors / sum.candidate / 0.05 - 1)).toBeLessThan(four(sum.errors));
      expect(Math.abs(sum.activeErrors / sum.active / 0.01 - 1)).toBeLessThan(four(sum.activeErrors));
    }
  });

  it('uses less where the candidate had fewer users than the replay would have sent', () => {
    const recorded = {
      fromMs: 0,
      toMs: 1,
      active: { requests: 950, errors: 0 },
      candidate: { requests: 50, errors: 5 },
    };
    const { active, candidate, used } = thinCell(recorded, 0.5, streams, 1);
    expect(used).toBeCloseTo(0.1);
    expect(candidate).toEqual({ requests: 50, errors: 5 });
    expect(active.requests).toBeGreaterThan(20);
    expect(active.requests).toBeLessThan(90);
  });

  it('has nothing where the candidate had no users', () => {
    const alone = { fromMs: 0, toMs: 1, active: { requests: 100, errors: 1 }, candidate: { requests: 0, errors: 0 } };
    expect(thinCell(alone, 0.1, streams, 1)).toMatchObject({ active: { requests: 0 }, used: 0 });
    expect(thinCell(alone, 0, streams, 1)).toMatchObject({ active: alone.active, used: 1 });
  });
});
