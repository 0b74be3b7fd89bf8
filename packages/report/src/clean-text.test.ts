import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cleanText, plainText } from './clean-text.js';

const anyText = fc.string({ unit: 'binary', maxLength: 200 });

describe('cleanText', () => {
  it('lets nothing through that a terminal could obey', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cleanText(text)).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }),
    );
  });

  it('changes nothing the second time', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(cleanText(cleanText(text))).toBe(cleanText(text));
      }),
    );
  });

  it.each([
    ['\x1b[2J\x1b[31mred', '\ufffd[2J\ufffd[31mred'],
    ['\x9b2J', '\ufffd2J'],
    ['one\r\ntwo\tthree', 'one two three'],
    ['\u202etxt.exe', 'txt.exe'],
    ['in\u200bvis\u2060ible', 'invisible'],
    ['Zürich 東京', 'Zürich 東京'],
    ['\ud800', '\ufffd'],
    [`a${'\u0301'.repeat(50)}b`, 'a\u0301\u0301b'],
  ])('%j becomes %j', (text, clean) => {
    expect(cleanText(text)).toBe(clean);
  });

  it('is bounded', () => {
    expect(cleanText('x'.repeat(1_000_000))).toHaveLength(2_000);
  });
});

describe('plainText', () => {
  it('keeps nothing but ASCII', () => {
    fc.assert(
      fc.property(anyText, (text) => {
        expect(plainText(cleanText(text))).toMatch(/^[\x20-\x7e]*$/);
      }),
    );
  });

  it('spells out the signs of the report', () => {
    expect(plainText('v41 → v42 ≤ 1 %…')).toBe('v41 -> v42 <= 1 %...');
  });
});
