import { displayWidth } from './display-width.js';
import { cutLine, cutText, type Line, lineWidth, type Span, trimLine } from './spans.js';

/** Breaks a line at spaces so that no part is wider than `width`; of more than `most` parts the rest is cut off. */
export function wrapLine(line: Line, width: number, most: number, ellipsis: string): readonly Line[] {
  const parts: Span[][] = [[]];
  let used = 0;
  for (const word of wordsOf(line).flatMap((each) => splitLong(each, width))) {
    if (used > 0 && used + lineWidth(trimLine(word)) > width) {
      parts.push([]);
      used = 0;
    }
    const isLeading = used === 0 && parts.length > 1 && word.every(({ text }) => text.trim() === '');
    if (isLeading) continue;
    parts.at(-1)!.push(...word);
    used += lineWidth(word);
  }
  if (parts.length <= most) return parts.map(trimLine);
  return [...parts.slice(0, most - 1).map(trimLine), cutLine(parts.slice(most - 1).flat(), width, ellipsis)];
}

// Spaces stay behind their word, so that a word at the end of a part loses them; a number stays with its percent sign.
const tokenPattern = / *[^ ]+(?: %[^ ]?(?= |$))? *| +/gu;

/** Words with the spaces after them; one word may consist of several spans. */
function wordsOf(line: Line): readonly Line[] {
  const words: Span[][] = [];
  let isOpen = false;
  for (const { text, tone } of line) {
    for (const token of text.match(tokenPattern) ?? []) {
      if (isOpen && !token.startsWith(' ')) words.at(-1)!.push({ text: token, tone });
      else words.push([{ text: token, tone }]);
      isOpen = !token.endsWith(' ');
    }
  }
  return words;
}

/** A word that is wider than a line becomes several. */
function splitLong(word: Line, width: number): readonly Line[] {
  if (lineWidth(trimLine(word)) <= width) return [word];
  return word.flatMap(({ text, tone }) => {
    const pieces: Line[] = [];
    let rest = text;
    while (displayWidth(rest.trimEnd()) > width) {
      const piece = cutText(rest, width, '');
      if (piece === '') break;
      pieces.push([{ text: piece, tone }]);
      rest = rest.slice(piece.length);
    }
    return [...pieces, [{ text: rest, tone }]];
  });
}
