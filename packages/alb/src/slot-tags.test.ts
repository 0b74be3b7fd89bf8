import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fromTagValue, toTagValue } from './slot-tags.js';

describe('text in a tag', () => {
  it('is read as it was written, in characters that a tag may have', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 20 }), (text) => {
        fc.pre(text.length <= 50);
        const value = toTagValue(text);
        expect(value).toMatch(/^[A-Za-z0-9 +\-=._:/@]*$/);
        expect(fromTagValue(value)).toBe(text);
      }),
    );
  });

  it('stays readable where it can', () => {
    expect(toTagValue('v2.1.0-rc.1+build/7')).toBe('v2.1.0-rc.1+build/7');
    expect(toTagValue('a@b')).toBe('a@0040b');
  });

  it('is refused when it is too long', () => {
    expect(() => toTagValue('x'.repeat(257))).toThrow('too long');
  });
});
