import { printDuration } from '@bluegreen/contract';
import type { BacktestShare, BacktestTable } from './backtest-all.js';

const columns = ['promoted', 'stopped', 'undecided', 'held', 'too-short'] as const;

/** The table for people: what the versions were, what the policy made of them, and each release with its reason. */
export function printBacktest(table: BacktestTable): string {
  const { outcomes, runs, usedShare, medianStopMs, medianPromotionMs, excessErrors } = table;
  const width = 11;
  const head = ' '.repeat(width) + columns.map((column) => column.padStart(width)).join('');
  const rows = (['good', 'bad', 'unknown'] as const)
    .filter((truth) => columns.some((column) => outcomes[truth][column] > 0))
    .map(
      (truth) =>
        truth.padEnd(width) + columns.map((column) => String(outcomes[truth][column]).padStart(width)).join(''),
    );
  const said = [
    shareText('bad versions stopped', table.badStopped),
    shareText('good versions stopped', table.goodStopped),
    medianStopMs === null
      ? null
      : `A bad version was stopped ${printDuration(medianStopMs)} after its first user (median).`,
    medianPromotionMs === null
      ? null
      : `A good version was promoted ${printDuration(medianPromotionMs)} after its first user (median).`,
    `${Math.round(excessErrors)} excess errors in all.`,
    usedShare > 0.999 ? null : `${Math.round(100 * usedShare)} % of the recorded traffic could be used.`,
  ].filter((line) => line !== null);
  const each = runs.map(({ recording, outcome, afterMs, sentence }) => {
    const after = afterMs === null ? '' : ` after ${printDuration(afterMs)}`;
    return `${recording}: ${outcome}${after}. ${sentence}`;
  });
  return [head, ...rows, '', ...said, '', ...each].join('\n');
}

function shareText(what: string, share: BacktestShare | null): string | null {
  if (share === null) return null;
  const { count, of, lower, upper } = share;
  return `${count} of ${of} ${what} (95 %: ${percent(lower)} to ${percent(upper)}).`;
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`;
}
