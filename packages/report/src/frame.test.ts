import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createFrame } from './frame.js';
import { Screen } from './screen.fixture.js';

const anyFrame = fc.array(fc.constantFrom('one', 'two words', '', 'a longer line', '├─ ✔'), { maxLength: 8 });

function withoutEmptyEnd(lines: readonly string[]): readonly string[] {
  return lines.at(-1) === '' ? withoutEmptyEnd(lines.slice(0, -1)) : lines;
}

describe('a frame', () => {
  it('leaves on the screen what was drawn last, whatever was there before', () => {
    fc.assert(
      fc.property(fc.array(anyFrame, { minLength: 1, maxLength: 6 }), (frames) => {
        const screen = new Screen();
        const frame = createFrame(screen.write);
        for (const lines of frames) {
          frame.draw(lines, 80);
          expect(screen.lines).toEqual(withoutEmptyEnd(lines));
        }
      }),
    );
  });

  it('writes nothing when nothing changed', () => {
    const screen = new Screen();
    const frame = createFrame(screen.write);
    frame.draw(['one', 'two'], 80);
    frame.draw(['one', 'two'], 80);
    expect(screen.writes).toBe(1);
  });

  it('writes only the line that changed, at once', () => {
    const screen = new Screen();
    const frame = createFrame(screen.write);
    frame.draw(['header', 'answer', 'tree'], 80);
    screen.takeInk();
    frame.draw(['header', 'ANSWER', 'tree'], 80);
    expect([screen.writes, screen.takeInk()]).toEqual([2, 'ANSWER'.length]);
    expect(screen.lines).toEqual(['header', 'ANSWER', 'tree']);
  });

  it('clears the lines that a narrower terminal broke', () => {
    const written: string[] = [];
    const frame = createFrame((text) => written.push(text));
    frame.draw(['a line of 20 columns', 'short'], 80);
    frame.draw(['short'], 10);
    expect(written[1]).toBe('\r\x1b[3A\x1b[Jshort\r\n');
  });
});
