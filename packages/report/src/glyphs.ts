/** The signs that a terminal can show. Each mark is one column wide. */
export interface Glyphs {
  readonly done: string;
  readonly running: string;
  readonly failed: string;
  readonly planned: string;
  readonly warning: string;
  readonly branch: string;
  readonly lastBranch: string;
  readonly rail: string;
  readonly full: string;
  readonly empty: string;
  readonly arrow: string;
  readonly ellipsis: string;
  /** From low to high. */
  readonly levels: readonly string[];
}

export type Mark = 'done' | 'running' | 'failed' | 'planned' | 'warning';

// No sign of these is wide or an emoji, in any font.
const drawn: Glyphs = {
  done: '✔',
  running: '◌',
  failed: '✖',
  planned: '·',
  warning: '!',
  branch: '├─ ',
  lastBranch: '└─ ',
  rail: '│  ',
  full: '▇',
  empty: '░',
  arrow: '→',
  ellipsis: '…',
  levels: ['▁', '▂', '▃', '▄', '▅', '▆', '▇', '█'],
};

const ascii: Glyphs = {
  done: '+',
  running: '>',
  failed: 'x',
  planned: '.',
  warning: '!',
  branch: '|- ',
  lastBranch: '`- ',
  rail: '|  ',
  full: '#',
  empty: '.',
  arrow: '->',
  ellipsis: '...',
  levels: ['_', '.', ':', '-', '=', '+', '*', '#'],
};

export function glyphsFor(isAscii: boolean): Glyphs {
  return isAscii ? ascii : drawn;
}
