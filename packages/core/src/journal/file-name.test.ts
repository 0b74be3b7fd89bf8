import { normalize } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { decodeName, encodeName, isShortened } from './file-name.js';

const text = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.string({ unit: fc.constantFrom('.', '/', '\\', '-', '~', '%', 'u', 'A', 'a', '\0', '\ud800', ' ') }),
  fc.string({ unit: 'binary', minLength: 40, maxLength: 400 }),
);

describe('encodeName', () => {
  test('makes one safe name of any text', () => {
    fc.assert(
      fc.property(text, (given) => {
        const name = encodeName(given);
        expect(name).toMatch(/^[a-z0-9_%][a-z0-9_%.~-]*$/);
        expect(name).not.toMatch(/[.-]$/);
        expect(name.length).toBeLessThanOrEqual(180);
        expect(normalize(`/root/${name}`)).toBe(`/root/${name}`);
      }),
    );
  });

  test('gives the text back, unless it was shortened', () => {
    fc.assert(
      fc.property(text, (given) => {
        const name = encodeName(given);
        expect(decodeName(name)).toBe(isShortened(name) ? null : given);
      }),
    );
  });

  test('gives different texts different names', () => {
    fc.assert(
      fc.property(text, text, (one, other) => {
        expect(encodeName(one) === encodeName(other)).toBe(one === other);
      }),
    );
    expect(encodeName(`${'x'.repeat(400)}1`)).not.toBe(encodeName(`${'x'.repeat(400)}2`));
    expect(encodeName(`${'\ud800'.repeat(99)}\ud801`)).not.toBe(encodeName('\ud800'.repeat(100)));
  });

  test('stays readable where the text is', () => {
    expect(encodeName('checkout-v1.42_b')).toBe('checkout-v1.42_b');
    expect(encodeName('release:a/B')).toBe('release%3aa%2f%42');
    expect(encodeName('..')).toBe('%2e%2e');
    expect(encodeName('')).toBe('%');
  });

  test('knows names that it did not make', () => {
    for (const name of ['.DS_Store', 'A', '%41%', '%61', '', 'a b', 'é']) expect(decodeName(name)).toBe(null);
  });
});
