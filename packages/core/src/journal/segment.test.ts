import { isBluegreenError, type JournalRecord } from '@bluegreen/contract';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { encodeLine } from './line.js';
import { encodeBatch, encodeHeader, parseSegment, type SegmentPlace } from './segment.js';

const place: SegmentPlace = { file: '000007.jsonl', release: 'r1', epoch: 7, lastSeq: null };
const header = encodeHeader({ release: 'r1', epoch: 7, afterEpoch: 3, afterSeq: 4 });
const batches = [
  [{ type: 'a', at: 1, text: 'é\u2028"\\\n' }],
  [
    { type: 'b', at: 2 },
    { type: 'c', at: 3, list: [1, [2]] },
  ],
  [{ type: 'd', at: 4 }],
];
const whole = Buffer.from(
  header + encodeBatch(5, batches[0]!) + encodeBatch(6, batches[1]!) + encodeBatch(8, batches[2]!),
);
const records: readonly JournalRecord[] = batches.flat().map((event, index) => ({ seq: 5 + index, epoch: 7, event }));

function parse(bytes: Uint8Array, lastSeq: number | null = null): readonly JournalRecord[] {
  return parseSegment(bytes, { ...place, lastSeq }).records;
}

function refusal(bytes: Uint8Array, lastSeq: number | null = null): string | null {
  try {
    parse(bytes, lastSeq);
    return null;
  } catch (error) {
    if (!isBluegreenError(error)) throw error;
    expect(error.message).toContain('000007.jsonl');
    return error.code;
  }
}

describe('a segment', () => {
  test('gives back what was written', () => {
    expect(parse(whole)).toEqual(records);
  });

  test('cut at any byte is an exact prefix, batch by batch; refused inside its header (S44)', () => {
    const ends = [0, 1, 3, 4].map((count) => ({ count, records: records.slice(0, count) }));
    const counts = new Set<number>();
    for (let length = 0; length <= whole.length; length += 1) {
      const cut = whole.subarray(0, length);
      if (length < header.length) {
        expect(refusal(cut), `${length} bytes`).toBe('journal/corrupt');
        continue;
      }
      const found = parse(cut);
      counts.add(found.length);
      expect(
        ends.map((end) => end.records),
        `${length} bytes`,
      ).toContainEqual(found);
    }
    expect([...counts]).toEqual([0, 1, 3, 4]);
  });

  test('with any bit flipped is refused, or is a prefix where the last line lost its end (S44)', () => {
    for (let index = 0; index < whole.length; index += 1) {
      for (let bit = 0; bit < 8; bit += 1) {
        const flipped = Buffer.from(whole);
        flipped[index]! ^= 1 << bit;
        const code = refusal(flipped);
        if (code === null) {
          expect(index).toBe(whole.length - 1);
          expect(parse(flipped)).toEqual(records.slice(0, 3));
        } else {
          expect(code).toMatch(/^journal\/(corrupt|version-unknown)$/);
        }
      }
    }
  });

  test('never shows a record that was not written, whatever becomes of its bytes', () => {
    const damage = fc.record({ from: fc.nat(whole.length), length: fc.nat(60), put: fc.uint8Array({ maxLength: 60 }) });
    fc.assert(
      fc.property(damage, ({ from, length, put }) => {
        const bytes = Buffer.concat([whole.subarray(0, from), put, whole.subarray(from + length)]);
        if (refusal(bytes) === null) expect(records.slice(0, parse(bytes).length)).toEqual(parse(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  test('is refused when it ends before a record that was built upon', () => {
    expect(parse(whole, 7)).toEqual(records.slice(0, 3));
    expect(refusal(whole, 9)).toBe('journal/corrupt');
    expect(refusal(whole.subarray(0, whole.length - 1), 8)).toBe('journal/corrupt');
    // A follower counts whole batches only.
    expect(refusal(whole, 6)).toBe('journal/corrupt');
  });

  test('may hold anything behind the last record that counts', () => {
    expect(parse(Buffer.concat([whole, Buffer.from('damage\n\n')]), 8)).toEqual(records);
  });

  test('of another format, release or epoch is refused', () => {
    const line = (change: object) =>
      Buffer.from(encodeLine({ format: 1, release: 'r1', epoch: 7, afterEpoch: 0, afterSeq: 0, ...change }));
    expect(refusal(line({}))).toBe(null);
    expect(refusal(line({ format: 2 }))).toBe('journal/version-unknown');
    expect(refusal(line({ format: undefined }))).toBe('journal/version-unknown');
    expect(refusal(line({ release: 'r2' }))).toBe('journal/corrupt');
    expect(refusal(line({ epoch: 8 }))).toBe('journal/corrupt');
    expect(refusal(line({ afterEpoch: 7 }))).toBe('journal/corrupt');
    expect(refusal(line({ afterSeq: -1 }))).toBe('journal/corrupt');
  });

  test('with a hole, a repetition or an empty batch is refused, with the line', () => {
    for (const batch of [encodeBatch(6, batches[0]!), encodeBatch(4, batches[0]!), encodeBatch(5, [])]) {
      expect(() => parse(Buffer.from(header + batch))).toThrow(/000007\.jsonl, line 2/);
    }
  });
});
