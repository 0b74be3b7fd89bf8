import { stripVTControlCharacters } from 'node:util';
import { displayWidth } from './display-width.js';

const control = '\x1b[';

/** Lines at the bottom of a terminal that are drawn over in place. */
export interface Frame {
  /** Shows `lines` instead of those before; writes only what changed, in one piece, and nothing when nothing did. */
  draw(lines: readonly string[], columns: number): void;
}

/** Every line must be narrower than the terminal, and a frame that is drawn over lower than it. */
export function createFrame(write: (text: string) => void): Frame {
  let shown: readonly string[] = [];
  return {
    draw(lines, columns) {
      const text = isReflowed(shown, columns) ? rewrite(shown, lines, columns) : patch(shown, lines);
      shown = [...lines];
      if (text !== '') write(text);
    },
  };
}

/** The terminal got so narrow that it broke our lines itself. */
function isReflowed(shown: readonly string[], columns: number): boolean {
  return shown.some((line) => height(line, columns) > 1);
}

function height(line: string, columns: number): number {
  return Math.max(1, Math.ceil(displayWidth(stripVTControlCharacters(line)) / Math.max(1, columns)));
}

function rewrite(shown: readonly string[], lines: readonly string[], columns: number): string {
  const rows = shown.reduce((sum, line) => sum + height(line, columns), 0);
  return `${up(rows)}${control}J${lines.map((line) => `${line}\r\n`).join('')}`;
}

function patch(shown: readonly string[], lines: readonly string[]): string {
  const isSame = lines.length === shown.length && lines.every((line, index) => line === shown[index]);
  if (isSame) return '';
  let text = up(shown.length);
  let skipped = 0;
  for (const [index, line] of lines.entries()) {
    if (line === shown[index]) {
      skipped += 1;
      continue;
    }
    text += `${down(skipped)}${line}${index < shown.length ? `${control}K` : ''}\r\n`;
    skipped = 0;
  }
  text += down(skipped);
  return lines.length < shown.length ? `${text}${control}J` : text;
}

function up(rows: number): string {
  return rows === 0 ? '' : `\r${control}${rows}A`;
}

function down(rows: number): string {
  return rows === 0 ? '' : `${control}${rows}B`;
}
