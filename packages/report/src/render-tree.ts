import { answer } from './answer.js';
import { fitRows } from './fit-rows.js';
import { glyphsFor } from './glyphs.js';
import { footnote, headerLines } from './header.js';
import { nextCommands } from './next-commands.js';
import { paletteFor } from './palette.js';
import { type Line, onSurface, paintLine, type Surface, span } from './spans.js';
import type { ReleaseSummary } from './summary.js';
import { layTree } from './tree-layout.js';
import { releaseTree } from './tree-phases.js';
import type { View } from './view.js';
import { wrapLine } from './wrap-line.js';

export interface TreeOptions {
  /** Columns of the terminal; no line is longer. Default 100. */
  readonly columns?: number;
  /** Most lines; the tree is folded around what goes on now. Default: no limit. */
  readonly rows?: number;
  /** Default false. */
  readonly colour?: boolean;
  /** Only signs that every terminal has. Default false. */
  readonly ascii?: boolean;
  /** The instant at which it is looked at, for what still lasts. Default: the last event. */
  readonly at?: number;
  /** How the command line is called in the commands that it shows. Default `bluegreen`. */
  readonly program?: string;
}

/** The release as lines for a terminal: who and where, one sentence, the tree, and what a person can do now. */
export function renderTree(summary: ReleaseSummary, options: TreeOptions = {}): readonly string[] {
  const surface = surfaceOf(options);
  const view: View = { summary, at: Math.max(options.at ?? summary.at, summary.requestedAt) };
  const tree = releaseTree(view, surface.glyphs);
  const top = [...headerLines(view, surface), ...wrapped(answer(view), surface, 3), footnote(view), []];
  const next = nextLines(nextCommands(view, options.program ?? 'bluegreen'), surface);
  const room = options.rows === undefined ? Number.POSITIVE_INFINITY : options.rows - top.length - next.length;
  const lines = [...top, ...fitRows(tree, layTree(tree, surface), room, surface), ...next];
  const shown = options.rows === undefined ? lines : lines.slice(0, Math.max(1, options.rows));
  return shown.map((line) => paintLine(line, surface));
}

export function surfaceOf({ columns = 100, colour = false, ascii = false }: TreeOptions): Surface {
  const width = Math.max(1, Math.floor(columns));
  return { columns: width, isAscii: ascii, glyphs: glyphsFor(ascii), palette: paletteFor(colour) };
}

/** `Next:` and the commands, each whole on its own line where it fits. */
export function nextLines(commands: readonly string[], surface: Surface): readonly Line[] {
  const indent = '      ';
  const lines = commands.flatMap((command, index) => {
    const parts = wrapLine(
      onSurface([span(command, 'strong')], surface),
      surface.columns - indent.length,
      3,
      surface.glyphs.ellipsis,
    );
    return parts.map((part, line) => [span(index === 0 && line === 0 ? 'Next: ' : indent, 'faint'), ...part]);
  });
  return lines.length === 0 ? [] : [[], ...lines];
}

export function wrapped(line: Line, surface: Surface, most: number): readonly Line[] {
  return wrapLine(onSurface(line, surface), surface.columns, most, surface.glyphs.ellipsis);
}
