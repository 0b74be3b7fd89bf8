import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { surfaceOf } from './render-tree.js';
import { cutLine, type Line, lineWidth, paintLine, span } from './spans.js';
import { wrapLine } from './wrap-line.js';

const anyLine: fc.Arbitrary<Line> = fc
  .array(fc.string({ unit: fc.constantFrom('a', 'b', ' ', '%', '東', '…', 'e\u0301'), maxLength: 30 }), {
    maxLength: 6,
  })
  .map((texts) => texts.map((text) => span(text)));

const letters = (line: Line): string =>
  line
    .map(({ text }) => text)
    .join('')
    .replaceAll(' ', '');

describe('wrapLine', () => {
  it('never makes a part wider than asked', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 2, max: 60 }), fc.integer({ min: 1, max: 5 }), (line, width, most) => {
        const parts = wrapLine(line, width, most, '…');
        expect(parts.length).toBeLessThanOrEqual(most);
        for (const part of parts) expect(lineWidth(part)).toBeLessThanOrEqual(width);
      }),
    );
  });

  it('loses nothing but spaces while there is room', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 2, max: 60 }), (line, width) => {
        expect(wrapLine(line, width, 1_000, '…').map(letters).join('')).toBe(letters(line));
      }),
    );
  });

  it('keeps a number and its percent sign together, also where a span ends', () => {
    const parts = wrapLine([span('observed '), span('50 %'), span('; holds')], 12, 9, '…');
    expect(parts.map((part) => part.map(({ text }) => text).join(''))).toEqual(['observed', '50 %; holds']);
  });
});

describe('cutLine', () => {
  it('never leaves more than fits, and shows that something is missing', () => {
    fc.assert(
      fc.property(anyLine, fc.integer({ min: 1, max: 40 }), (line, width) => {
        const cut = cutLine(line, width, '…');
        expect(lineWidth(cut)).toBeLessThanOrEqual(width);
        if (lineWidth(line) > width) expect(cut.map(({ text }) => text).join('')).toMatch(/…$/);
        else expect(cut).toEqual(line);
      }),
    );
  });
});

describe('paintLine', () => {
  it('paints neighbours of one tone at once', () => {
    const line = [span('one ', 'bad'), span('two', 'bad'), span('   '), span('three')];
    expect(paintLine(line, surfaceOf({ colour: true }))).toBe('\x1b[1m\x1b[31mone two   \x1b[39m\x1b[22mthree');
  });
});
