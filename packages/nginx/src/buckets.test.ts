import { everythingTo, otherSlot, type Slot, slots, type TrafficTarget, weightsOf } from '@bluegreen/contract';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { bucketCount, bucketOf, bucketsOf } from './buckets.js';

const tenths = Array.from({ length: 1001 }, (_, tenth) => tenth / 10);
const cohort = fc.oneof(
  fc.constant({ kind: 'sticky' as const }),
  fc.string().map((salt) => ({ kind: 'redrawn' as const, salt })),
);
const slot = fc.constantFrom<Slot>('blue', 'green');

function split(candidate: Slot, percent: number, kind: TrafficTarget['cohort']): TrafficTarget {
  return everythingTo(otherSlot(candidate), { candidate, weights: weightsOf(candidate, percent), cohort: kind });
}

test.each(slots)('both bucket sets cover every bucket once, for all 1,001 weights of %s', (candidate) => {
  for (const percent of tenths) {
    const sets = bucketsOf(split(candidate, percent, { kind: 'sticky' }));
    expect(sets[candidate]).toHaveLength(Math.round(percent * 10));
    expect(new Set([...sets.blue, ...sets.green]).size).toBe(bucketCount);
    expect(sets.blue.length + sets.green.length).toBe(bucketCount);
  }
});

test('a redrawn cohort splits as exactly as a sticky one', () => {
  fc.assert(
    fc.property(slot, fc.constantFrom(...tenths), cohort, (candidate, percent, kind) => {
      const sets = bucketsOf(split(candidate, percent, kind));
      expect(sets[candidate]).toHaveLength(Math.round(percent * 10));
      expect(new Set([...sets.blue, ...sets.green]).size).toBe(bucketCount);
    }),
  );
});

test('S9: a growing weight takes nobody from the candidate, a shrinking one gives nobody to it', () => {
  const weight = fc.constantFrom(...tenths);
  fc.assert(
    fc.property(slot, weight, weight, cohort, (candidate, one, other, kind) => {
      const less = bucketsOf(split(candidate, Math.min(one, other), kind))[candidate];
      const more = new Set(bucketsOf(split(candidate, Math.max(one, other), kind))[candidate]);
      expect(less.every((bucket) => more.has(bucket))).toBe(true);
    }),
  );
});

test('S55: the next release asks the same people first, whichever colour the candidate has', () => {
  fc.assert(
    fc.property(fc.constantFrom(...tenths), cohort, (percent, kind) => {
      expect(bucketsOf(split('green', percent, kind)).green).toEqual(bucketsOf(split('blue', percent, kind)).blue);
    }),
  );
});

test('two salts of a redrawn cohort draw different people', () => {
  const drawn = (salt: string) => new Set(bucketsOf(split('green', 10, { kind: 'redrawn', salt })).green);
  const [first, second] = [drawn('release-1'), drawn('release-2')];
  const shared = [...first].filter((bucket) => second.has(bucket)).length;
  // 100 of 1,000 twice: 10 are expected by chance, one standard deviation is 2.8.
  expect(shared).toBeLessThan(25);
  expect(drawn('release-1')).toEqual(first);
});

test('every key falls into one of the buckets, evenly', () => {
  const counts = new Array<number>(bucketCount).fill(0);
  for (let user = 0; user < 100_000; user += 1) counts[bucketOf(`web:user:${user}`)]! += 1;
  const tenth = counts.slice(0, 100).reduce((sum, count) => sum + count, 0) / 100_000;
  expect(Math.min(...counts)).toBeGreaterThan(0);
  expect(Math.abs(tenth - 0.1)).toBeLessThan(0.005);
});
