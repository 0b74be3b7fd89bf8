import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { chiSquareDeviation } from './chi-square.fixture.js';
import { keyedStreams } from './keyed-streams.js';
import { murmur } from './murmur.js';
import { Sfc32 } from './sfc32.js';

/** The published definition on big integers, which know nothing of signed words. */
function* referenceWords(a: bigint, b: bigint, c: bigint): Generator<bigint> {
  const mask = 0xffffffffn;
  let counter = 1n;
  for (let round = 0; ; round++) {
    const word = (a + b + counter++) & mask;
    a = b ^ (b >> 9n);
    b = (c + (c << 3n)) & mask;
    c = (((c << 21n) | (c >> 11n)) + word) & mask;
    if (round >= 12) yield word;
  }
}

describe('random streams', () => {
  test('sfc32 follows its published definition', () => {
    const word = fc.integer({ min: 0, max: 0xffffffff });
    fc.assert(
      fc.property(word, word, word, (a, b, c) => {
        const stream = new Sfc32(a, b, c);
        const reference = referenceWords(BigInt(a), BigInt(b), BigInt(c));
        for (let index = 0; index < 50; index++) {
          expect(BigInt(stream.word() >>> 0)).toBe(reference.next().value);
        }
      }),
    );
  });

  test('the hash gives the published values of MurmurHash3', () => {
    // ASCII texts of even length as UTF-16 units: the published vectors hash bytes, so each unit packs two of them.
    const packed = (text: string) =>
      String.fromCharCode(
        ...Array.from(
          { length: text.length / 2 },
          (_, i) => text.charCodeAt(2 * i) | (text.charCodeAt(2 * i + 1) << 8),
        ),
      );
    expect(murmur('', 0)).toBe(0);
    expect(murmur('', 1) >>> 0).toBe(0x514e28b7);
    expect(murmur(packed('test'), 0) >>> 0).toBe(0xba6bd213);
    expect(murmur(packed('test'), 0x9747b28c) >>> 0).toBe(0x704b81dc);
  });

  test('the same key gives the same numbers, whatever was drawn in between', () => {
    fc.assert(
      fc.property(fc.integer(), fc.string(), fc.nat(1e6), fc.array(fc.nat(50)), (seed, entity, cell, others) => {
        const alone = keyedStreams(seed).key('requests', entity).at(cell);
        const expected = [alone.word(), alone.word()];
        const streams = keyedStreams(seed);
        for (const other of others) streams.key('boot', other).at(other).word();
        const stream = streams.key('requests', entity).at(cell);
        expect([stream.word(), stream.word()]).toEqual(expected);
      }),
    );
  });

  test('every part of the key matters', () => {
    const first = (seed: number, name: string, entity: readonly (string | number)[], cell: number) =>
      keyedStreams(seed)
        .key(name, ...entity)
        .at(cell)
        .word();
    const draws = [
      first(1, 'a', ['b', 'c'], 0),
      first(2, 'a', ['b', 'c'], 0),
      first(1, 'x', ['b', 'c'], 0),
      first(1, 'a', ['bc'], 0),
      first(1, 'a', ['c', 'b'], 0),
      first(1, 'a', ['b', 'c', 0], 0),
      first(1, 'a', ['b', 'c'], 1),
      first(1, 'a', ['b', 'c'], 4_294_967_296),
      first(1 + 2 ** 40, 'a', ['b', 'c'], 0),
    ];
    expect(new Set(draws).size).toBe(draws.length);
  });

  test('first numbers of neighbouring cells, entities and seeds are even and unrelated', () => {
    const families: Record<string, (index: number) => Sfc32> = {
      cells: (index) => keyed.at(index),
      entities: (index) => keyedStreams(7).key('requests', 'checkout', index).at(0),
      seeds: (index) => keyedStreams(index).key('requests', 'checkout').at(0),
    };
    const keyed = keyedStreams(7).key('requests', 'checkout');
    const count = 60_000;
    for (const [family, streamAt] of Object.entries(families)) {
      const single = new Array<number>(64).fill(0);
      const pairs = new Array<number>(256).fill(0);
      let previous = 0;
      for (let index = 0; index < count; index++) {
        const value = streamAt(index).uniform();
        single[Math.floor(value * 64)]!++;
        pairs[Math.floor(value * 16) * 16 + Math.floor(previous * 16)]!++;
        previous = value;
      }
      const even = (cells: number) => new Array<number>(cells).fill(count / cells);
      expect(Math.abs(chiSquareDeviation(single, even(64))), family).toBeLessThan(3.5);
      expect(Math.abs(chiSquareDeviation(pairs, even(256))), family).toBeLessThan(3.5);
    }
  });
});
