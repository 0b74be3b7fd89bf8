import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { fingerprint } from './fingerprint.js';
import { printRouting, readRouting, type StoredRouting } from './stored-routing.js';
import type { Audience, Cohort } from './traffic.js';
import { weights } from './weights.js';

const slot = fc.constantFrom('blue' as const, 'green' as const);
const slotOrNull = fc.option(slot, { nil: null });
const name = fc.string({ minLength: 1, maxLength: 12 });
const audience: fc.Arbitrary<Audience> = fc.record({
  name,
  slot,
  match: fc.oneof(
    fc.record({ header: name, equals: fc.string() }),
    fc.record({ cookie: name, equals: fc.string() }),
    fc.record({ sourceRanges: fc.array(name, { maxLength: 3 }) }),
  ),
});
const cohort: fc.Arbitrary<Cohort> = fc.oneof(
  fc.constantFrom({ kind: 'per-request' }, { kind: 'bound' }, { kind: 'sticky' } as const) as fc.Arbitrary<Cohort>,
  fc.record({ kind: fc.constant('redrawn' as const), salt: fc.string() }),
);
const stored: fc.Arbitrary<StoredRouting> = fc.record({
  fence: fc.option(fc.record({ epoch: fc.nat(), sequence: fc.nat() }), { nil: null }),
  target: fc.record({
    weights: fc.integer({ min: 0, max: 1_000 }).map((tenths) => weights(tenths / 10)),
    candidate: slotOrNull,
    fallback: slotOrNull,
    preview: slotOrNull,
    audiences: fc.array(audience, { maxLength: 3 }),
    cohort,
    mirror: fc.option(fc.record({ slot, percent: fc.nat(100) }), { nil: null }),
  }),
});

describe('a routing as text', () => {
  test('comes back as it was, every part of it', () => {
    fc.assert(
      fc.property(stored, (routing) => {
        expect(readRouting(printRouting(routing))).toEqual(routing);
      }),
    );
  });

  test('S33: with anything changed by hand it is not ours, or says what it was changed to', () => {
    fc.assert(
      fc.property(stored, fc.nat(), fc.string({ minLength: 1, maxLength: 3 }), (routing, at, more) => {
        const text = printRouting(routing);
        const place = at % (text.length + 1);
        const changed = `${text.slice(0, place)}${more}${text.slice(place)}`;
        const read = readRouting(changed);
        if (read !== null) expect(printRouting(read)).toBe(changed);
      }),
    );
  });

  test.each(['', '{}', 'null', '7', '{"stamp":null}', '{"stamp":"1.1","greenPercent":0.05}'])(
    '%j is nothing that we wrote',
    (text) => {
      expect(readRouting(text)).toBeNull();
    },
  );
});

describe('a fingerprint', () => {
  test('is that of FNV-1a with 64 bits', () => {
    // Published vectors are over bytes; a UTF-16 unit below 256 is that byte and a zero.
    expect(fingerprint('')).toBe('cbf29ce484222325');
    expect(fingerprint('a')).toBe(fnv1a([0x61, 0]));
    expect(fingerprint('ü€')).toBe(fnv1a([0xfc, 0, 0xac, 0x20]));
  });

  test('differs where texts differ', () => {
    fc.assert(fc.property(fc.string(), fc.string(), (a, b) => (a === b) === (fingerprint(a) === fingerprint(b))));
  });
});

function fnv1a(bytes: readonly number[]): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of bytes) hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) % 2n ** 64n;
  return hash.toString(16).padStart(16, '0');
}
