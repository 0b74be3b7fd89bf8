import type { MetricReading, Slot } from '@bluegreen/contract';
import { type CellGrid, growthByCell, type MetricWindow } from './increase.js';

/** Requests and bad ones of one slot, cell by cell. */
export interface SlotCells {
  readonly kind: 'counted';
  readonly requests: readonly number[];
  readonly bad: readonly number[];
  readonly resets: number;
  readonly lastAt: number;
  /** Cells with more bad requests than requests: what was too much is left out. */
  readonly clamped: number;
}

/** Why a slot's counts can't be used. */
export interface NoCells {
  readonly kind: 'empty' | 'invalid';
  readonly problem: string;
}

/**
 * Requests and errors of one slot by cell. Errors of a cell are at most its requests: the two come from different queries,
 * and a late one may be ahead of the other.
 */
export function slotCells(
  readings: { readonly requests: MetricReading; readonly errors: MetricReading },
  slot: Slot,
  window: MetricWindow,
  grid: CellGrid,
): SlotCells | NoCells {
  const requestSeries = readings.requests?.[slot];
  const errorSeries = readings.errors?.[slot];
  if (!isReading(requestSeries) || !isReading(errorSeries)) {
    return { kind: 'invalid', problem: `the metric source gave no list of series for ${slot}` };
  }
  const requests = growthByCell(requestSeries, errorSeries, window, grid);
  const errors = growthByCell(errorSeries, requestSeries, window, grid);
  for (const growth of [requests, errors]) if (growth.kind === 'invalid') return growth;
  if (requests.kind !== 'counted') return { kind: 'empty', problem: `no request series for ${slot}` };
  if (errors.kind !== 'counted') return { kind: 'empty', problem: `no error series for ${slot}` };
  let clamped = 0;
  const bad = errors.counts.map((count, cell) => {
    const most = requests.counts[cell]!;
    if (count > most) clamped += 1;
    return Math.min(count, most);
  });
  return {
    kind: 'counted',
    requests: requests.counts,
    bad,
    resets: requests.resets + errors.resets,
    lastAt: Math.min(requests.lastAt, errors.lastAt),
    clamped,
  };
}

/** A source written in plain JavaScript can answer anything; that is an `error`, not an exception. */
export function isReading(series: unknown): series is MetricReading[Slot] {
  return (
    Array.isArray(series) &&
    series.every(
      (one) =>
        Array.isArray(one) && one.every((sample) => typeof sample?.at === 'number' && typeof sample.value === 'number'),
    )
  );
}
