import type { JournalRecord } from '@bluegreen/contract';
import { renderTree, type TreeOptions } from './render-tree.js';
import { summarise } from './summarise.js';

/** The report of a release, after the fact or so far, as text for a terminal; lines end with `\n`, the last one not. */
export function printReport(records: readonly JournalRecord[], options: TreeOptions = {}): string {
  const summary = summarise(records);
  return summary === null ? 'This journal holds no release.' : renderTree(summary, options).join('\n');
}
