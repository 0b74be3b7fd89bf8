import type { Mark } from './glyphs.js';
import { type Line, span } from './spans.js';

/** One row of the tree, with the rows below it. */
export interface TreeNode {
  readonly mark: Mark;
  readonly label: Line;
  readonly durationMs: number | null;
  readonly detail: Line;
  readonly children: readonly TreeNode[];
}

export function node(mark: Mark, label: string | Line, rest: Partial<TreeNode> = {}): TreeNode {
  const line = typeof label === 'string' ? [span(label, mark === 'planned' ? 'faint' : 'plain')] : label;
  return { mark, label: line, durationMs: null, detail: [], children: [], ...rest };
}

/** The pieces that are there, with `; ` between them. */
export function detail(...pieces: readonly (Line | string | null)[]): Line {
  const lines = pieces.map((piece) => (typeof piece === 'string' ? [span(piece)] : piece));
  const there = lines.filter((piece): piece is Line => piece?.some(({ text }) => text !== '') === true);
  return there.flatMap((piece, index) => (index === 0 ? piece : [span('; '), ...piece]));
}
