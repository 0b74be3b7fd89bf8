import { cleanText, plainText } from './clean-text.js';
import { characterWidth, displayWidth } from './display-width.js';
import type { Glyphs } from './glyphs.js';
import type { Palette, Tone } from './palette.js';

/** A piece of one line. Only `span` makes them, so that no unclean text reaches a terminal. */
export interface Span {
  readonly text: string;
  readonly tone: Tone;
}

export type Line = readonly Span[];

/** What is written on: how wide, with which signs, in which colours. */
export interface Surface {
  readonly columns: number;
  readonly isAscii: boolean;
  readonly glyphs: Glyphs;
  readonly palette: Palette;
}

export function span(text: string, tone: Tone = 'plain'): Span {
  return { text: cleanText(text), tone };
}

/** A name from a journal, cut where it would push everything else off the line. */
export function nameSpan(name: string, tone: Tone = 'plain', longest = 32): Span {
  return span(cutText(cleanText(name), longest, '…'), tone);
}

export function lineWidth(line: Line): number {
  return line.reduce((width, { text }) => width + displayWidth(text), 0);
}

/** The line with spaces after it, at least `width` columns wide. */
export function padLine(line: Line, width: number): Line {
  const missing = width - lineWidth(line);
  return missing > 0 ? [...line, span(' '.repeat(missing))] : line;
}

/** The line in the signs of this surface. Do this before measuring: some signs get wider. */
export function onSurface(line: Line, { isAscii }: Surface): Line {
  return isAscii ? line.map(({ text, tone }) => ({ text: plainText(text), tone })) : line;
}

/** The line as text, never wider than the surface. */
export function paintLine(line: Line, surface: Surface): string {
  const { columns, palette, glyphs } = surface;
  const fitting = cutLine(trimLine(onSurface(line, surface)), columns, glyphs.ellipsis);
  return mergeTones(trimLine(fitting))
    .map(({ text, tone }) => (text === '' ? '' : palette[tone](text)))
    .join('');
}

/** Fewer escape sequences: neighbours of one tone are painted at once, and spaces with whatever is before them. */
function mergeTones(line: Line): Line {
  const merged: Span[] = [];
  for (const { text, tone } of line) {
    const last = merged.at(-1);
    if (last !== undefined && (last.tone === tone || text.trim() === '')) {
      merged[merged.length - 1] = { text: last.text + text, tone: last.tone };
    } else {
      merged.push({ text, tone });
    }
  }
  return merged;
}

/** The line as far as it fits into `width` columns, with `ellipsis` where something is missing. */
export function cutLine(line: Line, width: number, ellipsis: string): Line {
  if (lineWidth(line) <= width) return line;
  const kept: Span[] = [];
  let left = width;
  for (const { text, tone } of line) {
    const textWidth = displayWidth(text);
    // Something follows unless this is where the width ends, so one sign must fit after it.
    if (textWidth < left) {
      kept.push({ text, tone });
      left -= textWidth;
      continue;
    }
    return [...kept, { text: cutText(`${text}  `, left, ellipsis), tone }];
  }
  return kept;
}

/** The text as far as it fits. */
export function cutText(text: string, width: number, ellipsis: string): string {
  if (displayWidth(text) <= width) return text;
  const sign = displayWidth(ellipsis) <= width ? ellipsis : '';
  let left = width - displayWidth(sign);
  let kept = '';
  for (const character of text) {
    left -= characterWidth(character);
    if (left < 0) break;
    kept += character;
  }
  return kept + sign;
}

/** The line without spaces at its end. */
export function trimLine(line: Line): Line {
  const last = line.at(-1);
  if (last === undefined) return line;
  const text = last.text.trimEnd();
  if (text === last.text) return line;
  return text === '' ? trimLine(line.slice(0, -1)) : [...line.slice(0, -1), { text, tone: last.tone }];
}
