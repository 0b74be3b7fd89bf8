import type { JournalRecord } from '@bluegreen/contract';
import type { ReleaseEvent } from '@bluegreen/machine';
import { createFrame } from './frame.js';
import { nextCommands } from './next-commands.js';
import { renderLine } from './render-line.js';
import { nextLines, renderTree, surfaceOf } from './render-tree.js';
import { paintLine } from './spans.js';
import { nextSummary } from './summarise.js';
import type { ReleaseSummary } from './summary.js';

export interface LiveOptions {
  /** Where text goes; called once per change. */
  readonly write: (text: string) => void;
  /** Whether the tree may be redrawn in place; otherwise one plain line per event. */
  readonly isTerminal: boolean;
  /** Columns of the terminal. Default 100. */
  readonly columns?: number;
  /** Rows of the terminal; a taller tree is folded while it is redrawn. Default 24. */
  readonly rows?: number;
  /** Default false. */
  readonly colour?: boolean;
  /** Default false. */
  readonly ascii?: boolean;
  /** How the command line is called. Default `bluegreen`. */
  readonly program?: string;
}

/** A release that somebody watches. */
export interface LiveReport {
  /** One record, or several that shall be shown at once, as when a release is replayed from its first event. */
  push(records: JournalRecord | readonly JournalRecord[]): void;
  /** Time went on without an event: what is left of holds and expiries is shown again. Does nothing off a terminal. */
  tick(at: number): void;
  /** The terminal has another size now. */
  resize(size: { readonly columns: number; readonly rows: number }): void;
  /** Shows the end, all of it, and writes nothing any more. */
  end(): void;
}

/** Shows a release while it runs. Holds no timer and reads no clock: call `tick` as often as it shall move. */
export function liveReport(options: LiveOptions): LiveReport {
  return options.isTerminal ? treeReport(options) : lineReport(options);
}

function treeReport({ write, columns = 100, rows = 24, ...look }: LiveOptions): LiveReport {
  const frame = createFrame(write);
  let size = { columns, rows };
  let summary: ReleaseSummary | null = null;
  let at = 0;
  let isOver = false;
  const draw = (mostRows: number | null): void => {
    if (summary === null || isOver) return;
    // The last column stays free, because a terminal that is written full to its edge breaks the line or not.
    const width = Math.max(1, size.columns - 1);
    const limit = mostRows === null ? {} : { rows: mostRows };
    const instant = summary.outcome === null ? Math.max(at, summary.at) : summary.at;
    frame.draw(renderTree(summary, { ...look, ...limit, columns: width, at: instant }), size.columns);
  };
  return {
    push(records) {
      for (const record of listOf(records)) summary = nextSummary(summary, record);
      draw(size.rows - 1);
    },
    tick(now) {
      at = Math.max(at, now);
      draw(size.rows - 1);
    },
    resize(given) {
      size = given;
      draw(size.rows - 1);
    },
    end() {
      draw(null);
      isOver = true;
    },
  };
}

/** After these a release may wait for a person. */
const stops: readonly string[] = ['approval-requested', 'release-paused', 'routing-drifted', 'release-finished'];

function lineReport({ write, program = 'bluegreen', ...look }: LiveOptions): LiveReport {
  const surface = surfaceOf({ ...look, columns: 400 });
  let summary: ReleaseSummary | null = null;
  let next = '';
  let isOver = false;
  const pushOne = (record: JournalRecord): void => {
    const before = summary;
    summary = nextSummary(before, record);
    if (summary === null) return;
    const event = record.event as ReleaseEvent;
    const line = renderLine(event, before, summary, look);
    const commands = nextCommands({ summary, at: summary.at }, program);
    const isNews = stops.includes(event.type) && commands.length > 0 && commands.join('\n') !== next;
    if (isNews || commands.length === 0) next = commands.join('\n');
    const hints = isNews
      ? nextLines(commands, surface)
          .slice(1)
          .map((each) => `          ${paintLine(each, surface)}`)
      : [];
    const lines = [...(line === null ? [] : [line]), ...hints];
    if (lines.length > 0) write(`${lines.join('\n')}\n`);
  };
  return {
    push(records) {
      if (!isOver) for (const record of listOf(records)) pushOne(record);
    },
    tick() {},
    resize() {},
    end() {
      isOver = true;
    },
  };
}

function listOf(records: JournalRecord | readonly JournalRecord[]): readonly JournalRecord[] {
  return Array.isArray(records) ? records : [records as JournalRecord];
}
