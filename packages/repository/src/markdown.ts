import type { Tree } from './tree.js';

/** A fenced block of one page. Lines count from 1; `fence` is the line of the opening fence. */
export interface Block {
  readonly fence: number;
  readonly info: string;
  readonly lines: readonly string[];
}

export interface Page {
  readonly path: string;
  readonly text: string;
}

export function pages(tree: Tree): Page[] {
  return [...tree].filter(([path]) => path.endsWith('.md')).map(([path, text]) => ({ path, text }));
}

/** The fenced blocks of a page, in order. A fence that never closes reaches to the end. */
export function blocksOf(text: string): Block[] {
  const blocks: Block[] = [];
  let open: { fence: number; mark: string; info: string; lines: string[] } | null = null;
  for (const [index, line] of text.split('\n').entries()) {
    const fence = /^\s*(`{3,}|~{3,})(.*)$/.exec(line);
    if (open === null && fence !== null)
      open = { fence: index + 1, mark: fence[1]!, info: fence[2]!.trim(), lines: [] };
    else if (open !== null && line.trim() === open.mark) {
      blocks.push(open);
      open = null;
    } else open?.lines.push(line);
  }
  return open === null ? blocks : [...blocks, open];
}

/** The page with its fenced blocks blanked, line for line. */
export function proseOf(text: string): string {
  const lines = text.split('\n');
  for (const { fence, lines: inside } of blocksOf(text)) {
    for (let line = fence - 1; line <= fence + inside.length && line < lines.length; line += 1) lines[line] = '';
  }
  return lines.join('\n');
}
