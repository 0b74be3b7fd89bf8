import { createInterface } from 'node:readline';
import { PassThrough } from 'node:stream';
import { afterAll, describe, expect, it } from 'vitest';
import { cleanText } from './clean-text.js';
import { displayWidth } from './display-width.js';
import { glyphsFor } from './glyphs.js';

const line = createInterface({ input: new PassThrough() }) as ReturnType<typeof createInterface> & { cursor: number };

/** What the line editor of Node believes, which is another implementation of the same standard. */
function widthInNode(text: string): number {
  Object.assign(line, { line: text, cursor: text.length });
  line.setPrompt('');
  return line.getCursorPos().cols;
}

afterAll(() => line.close());

describe('displayWidth', () => {
  it('never says less than Node does, for any character, so that no line gets too long', () => {
    const tooNarrow: string[] = [];
    // Above these lie ideographs, which are all wide, and what is no text.
    for (let code = 0; code < 0x20000; code += 1) {
      const text = cleanText(String.fromCodePoint(code));
      if (displayWidth(text) < widthInNode(text)) tooNarrow.push(code.toString(16));
    }
    expect(tooNarrow).toEqual([]);
  });

  it.each([
    ['', 0],
    ['checkout', 8],
    ['→ ✔ ◌ ✖ · ▇ ░', 13],
    ['東京', 4],
    ['e\u0301', 1],
    ['🚀', 2],
    ['ｶﾞ', 2],
  ])('%j takes %d columns', (text, width) => {
    expect(displayWidth(text)).toBe(width);
  });

  it('finds every sign of the report one column wide, and so does Node', () => {
    const { done, running, failed, planned, warning, full, empty, arrow, ellipsis, levels } = glyphsFor(false);
    for (const sign of [done, running, failed, planned, warning, full, empty, arrow, ellipsis, ...levels]) {
      expect([sign, displayWidth(sign), widthInNode(sign)]).toEqual([sign, 1, 1]);
    }
  });
});
