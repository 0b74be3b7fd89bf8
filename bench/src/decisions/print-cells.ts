import type { LatencyCellRow } from './latency.js';
import type { Cell, Estimate } from './tally.js';

/** The cells as a table for people; percent with their 95 % intervals. */
export function printCells(cells: readonly Cell[]): string {
  const head = [
    'req/s',
    'candidate',
    'judge',
    'rolled back',
    'shipped',
    'undecided',
    'min to roll back',
    'excess',
    'floor',
  ];
  const rows = cells.map((cell) => [
    String(cell.traffic),
    cell.cluster === 1 ? cell.candidate : `${cell.candidate}, errors in ${cell.cluster}s`,
    cell.judge,
    percent(cell.rolledBack),
    percent(cell.shipped),
    percent(cell.undecided),
    cell.detectMinutes === null ? '' : cell.detectMinutes.toFixed(1),
    `${cell.excessFailures[0].toFixed(1)} (${cell.excessFailures[1].toFixed(1)}-${cell.excessFailures[2].toFixed(1)})`,
    floorText(cell),
  ]);
  return aligned([head, ...rows]);
}

export function printLatency(rows: readonly LatencyCellRow[]): string {
  const head = ['req/s', 'candidate', 'failed', 'passed', 'min to fail', 'failed by p99 < 500 ms'];
  return aligned([
    head,
    ...rows.map(({ traffic, candidate, failed, passed, detectMinutes, fixedRuleFailed }) => [
      String(traffic),
      candidate,
      percent(failed),
      percent(passed),
      detectMinutes === null ? '' : detectMinutes.toFixed(1),
      percent(fixedRuleFailed),
    ]),
  ]);
}

function aligned(lines: readonly (readonly string[])[]): string {
  const head = lines[0]!;
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((text, column) => text.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function percent([value, lower, upper]: Estimate): string {
  const digits = (share: number): string => (share * 100).toFixed(2);
  return `${digits(value)} % (${digits(lower)}-${digits(upper)})`;
}

function floorText({ floor }: Cell): string {
  if (floor.undecided !== null) return `undecided ${(floor.undecided * 100).toFixed(1)} %`;
  return floor.excessFailures === null
    ? ''
    : `excess ${floor.excessFailures.toFixed(1)} in ${floor.detectMinutes!.toFixed(1)} min`;
}
