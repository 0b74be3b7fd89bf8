import { isMet, type Row } from './row.js';

/** The rows as a table for people. */
export function printRows(rows: readonly Row[]): string {
  const table = rows.map((row) => [
    row.id,
    `${printNumber(row.value)} ${row.unit}`,
    row.what,
    `${printNumber(row.againstValue)} ${row.unit}`,
    row.against,
    `${row.ratio.toFixed(2)}x (${row.ratioQuartiles.map((ratio) => ratio.toFixed(2)).join('-')})`,
    goalText(row),
  ]);
  const head = ['row', 'measured', 'what', 'held against', 'which is', 'ratio (quartiles)', 'goal'];
  const lines = [head, ...table];
  const widths = head.map((_, column) => Math.max(...lines.map((line) => line[column]!.length)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

function goalText(row: Row): string {
  const met = isMet(row);
  if (row.goal === undefined || met === null) return '';
  const { atLeast, atMost } = row.goal;
  const limits = [
    ...(atLeast === undefined ? [] : [`>= ${atLeast}`]),
    ...(atMost === undefined ? [] : [`<= ${atMost}`]),
  ];
  return `${limits.join(' ')} ${met ? 'met' : 'MISSED'}`;
}

function printNumber(value: number): string {
  return value.toLocaleString('en-US', { maximumFractionDigits: value < 10 ? 2 : value < 100 ? 1 : 0 });
}
