import type { Mark } from './glyphs.js';
import type { Tone } from './palette.js';
import { cutLine, type Line, lineWidth, onSurface, padLine, type Surface, span } from './spans.js';
import type { TreeNode } from './tree-node.js';
import { printLasting } from './view.js';
import { wrapLine } from './wrap-line.js';

const gap = 2;
const longestLabelShare = 0.45;
const leastDetail = 24;
const mostDetailLines = 4;

/** A line of the tree, and whether it shows what goes on right now. */
export interface TreeLine {
  readonly line: Line;
  readonly isActive: boolean;
}

interface Row {
  /** The rails, the mark and the label. */
  readonly head: Line;
  /** What stands before the second line of the detail. */
  readonly rails: string;
  readonly duration: string;
  readonly detail: Line;
  readonly isActive: boolean;
}

const tones: Readonly<Record<Mark, Tone>> = {
  done: 'good',
  running: 'busy',
  failed: 'bad',
  planned: 'faint',
  warning: 'warning',
};

/** Marks and labels left, durations right of them, details behind: each column as wide as its widest entry. */
export function layTree(nodes: readonly TreeNode[], surface: Surface): readonly TreeLine[] {
  const rows = nodes.flatMap((each, index) => rowsOf(each, '', index === nodes.length - 1, surface));
  const most = Math.max(8, Math.floor(surface.columns * longestLabelShare));
  const widest = Math.max(0, ...rows.map(({ head }) => lineWidth(head)));
  const durationWidth = Math.max(0, ...rows.map(({ duration }) => duration.length));
  const isNarrow = surface.columns - Math.min(most, widest) - durationWidth - 2 * gap < leastDetail;
  const headWidth = Math.min(isNarrow ? Math.max(8, surface.columns - gap - durationWidth) : most, widest);
  const detailColumn = headWidth + gap + durationWidth + gap;
  return rows.flatMap((row) => layRow(row, { headWidth, durationWidth, detailColumn, isNarrow }, surface));
}

interface Columns {
  readonly headWidth: number;
  readonly durationWidth: number;
  readonly detailColumn: number;
  readonly isNarrow: boolean;
}

function layRow(row: Row, columns: Columns, surface: Surface): readonly TreeLine[] {
  const { headWidth, durationWidth, detailColumn, isNarrow } = columns;
  const { ellipsis } = surface.glyphs;
  const label = padLine(cutLine(row.head, headWidth, ellipsis), headWidth + gap);
  const first = [...label, span(row.duration.padStart(durationWidth), 'faint'), span(' '.repeat(gap))];
  const rails = span(row.rails, 'faint');
  const indent = isNarrow ? row.rails.length + gap : detailColumn;
  const width = Math.max(8, surface.columns - indent);
  const parts = row.detail.length === 0 ? [] : wrapLine(row.detail, width, mostDetailLines, ellipsis);
  const below = isNarrow ? parts : parts.slice(1);
  const lines = [
    isNarrow ? first : [...first, ...(parts[0] ?? [])],
    ...below.map((part) => [...padLine([rails], indent), ...part]),
  ];
  return lines.map((line) => ({ line, isActive: row.isActive }));
}

function rowsOf(each: TreeNode, before: string, isLast: boolean, surface: Surface): readonly Row[] {
  const { glyphs } = surface;
  const below = before + (isLast ? ' '.repeat(glyphs.rail.length) : glyphs.rail);
  const mark = span(`${glyphs[each.mark]} `, tones[each.mark]);
  const row: Row = {
    head: [
      span(before + (isLast ? glyphs.lastBranch : glyphs.branch), 'faint'),
      mark,
      ...onSurface(each.label, surface),
    ],
    rails: below + (each.children.length > 0 ? glyphs.rail : ''),
    duration: each.durationMs === null || each.mark === 'planned' ? '' : printLasting(each.durationMs),
    detail: onSurface(each.detail, surface),
    isActive: each.mark === 'running' && !each.children.some(({ mark: childMark }) => childMark === 'running'),
  };
  const children = each.children.flatMap((child, index) =>
    rowsOf(child, below, index === each.children.length - 1, surface),
  );
  return [row, ...children];
}
