import type { Line, Surface } from './spans.js';
import { span } from './spans.js';
import { layTree, type TreeLine } from './tree-layout.js';
import type { TreeNode } from './tree-node.js';

/**
 * The tree in at most `room` lines. What is done loses the rows below it first; then the lines around what goes on
 * now are kept.
 */
export function fitRows(
  nodes: readonly TreeNode[],
  lines: readonly TreeLine[],
  room: number,
  surface: Surface,
): readonly Line[] {
  if (lines.length <= room) return lines.map(({ line }) => line);
  const folded = layTree(nodes.map(foldDone), surface);
  if (folded.length <= room) return folded.map(({ line }) => line);
  return around(folded, Math.max(3, room));
}

function foldDone(each: TreeNode): TreeNode {
  if (each.mark === 'done') return { ...each, children: [] };
  return { ...each, children: each.children.map(foldDone) };
}

function around(lines: readonly TreeLine[], room: number): readonly Line[] {
  const active = lines.findLastIndex(({ isActive }) => isActive);
  const focus = active < 0 ? lines.length - 1 : active;
  // One line above and one below say how much is hidden.
  const inner = room - 2;
  const from = Math.min(Math.max(0, focus - Math.floor(inner / 2)), lines.length - inner);
  const until = from + inner;
  const shown = lines.slice(from, until).map(({ line }) => line);
  return [hidden(from, 'above'), ...shown, hidden(lines.length - until, 'below')];
}

function hidden(count: number, where: string): Line {
  return [span(count === 0 ? '' : `   ${count} more ${count === 1 ? 'line' : 'lines'} ${where}`, 'faint')];
}
