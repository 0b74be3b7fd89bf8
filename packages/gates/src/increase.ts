import type { MetricSample, MetricSeries } from '@bluegreen/contract';

/** Both ends belong to the window. Milliseconds since the epoch. */
export interface MetricWindow {
  readonly fromMs: number;
  readonly toMs: number;
}

/** What cumulative counters grew by. */
export type Increase =
  | {
      readonly kind: 'counted';
      readonly count: number;
      /** How often a counter began again at 0. What it had counted between its last sample and then is lost. */
      readonly resets: number;
      /** The oldest and the newest sample in the window, over all series. */
      readonly firstAt: number;
      readonly lastAt: number;
    }
  /** No series has a sample in the window. */
  | { readonly kind: 'empty' }
  /** Not a counter: the numbers can't be used at all. */
  | { readonly kind: 'invalid'; readonly problem: string };

/** A series that is late by more than this many of its own intervals was not there before. */
const lateFactor = 1.1;

/**
 * The increase of all `series` together within `window`, from raw samples: nothing is interpolated or extrapolated, so
 * integer counters give an integer (facts: `rate()` and `increase()` of Prometheus do not).
 *
 * - Only growth between two samples inside the window counts. A sample from before it can't be used as a start: what was
 *   counted since then may belong to an earlier weight or an earlier version.
 * - A value below the one before is a reset: the counter began again at 0, so the whole new value is growth.
 * - A series that begins inside the window counts from 0 if it was really born there, and from its first sample if the
 *   reading merely starts there. It was born there when the source answered earlier in the window without it: the same
 *   scrape (another series has a sample at exactly that instant) or its own rhythm says that it is late by more than 1.1
 *   intervals, which is the bound that Prometheus uses in `extrapolatedRate`. Counting from 0 always would add the lifetime
 *   of every old counter; counting from the first sample always would lose the first errors of every instance, because a
 *   labelled counter appears with its first increment.
 *
 * @param companions Series of another signal of the same slot, which help to tell births from cut-off readings.
 */
export function increaseOf(
  series: readonly MetricSeries[],
  companions: readonly MetricSeries[],
  window: MetricWindow,
): Increase {
  const problem = problemOf(series) ?? problemOf(companions);
  if (problem !== null) return { kind: 'invalid', problem };
  const own = series.map((one) => cut(one, window)).filter((one) => one.inside.length > 0);
  if (own.length === 0) return { kind: 'empty' };
  const all = [...own, ...companions.map((one) => cut(one, window)).filter((one) => one.inside.length > 0)];
  const isBorn = birthTest(all);
  let count = 0;
  let resets = 0;
  let firstAt = Number.POSITIVE_INFINITY;
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const each of own) {
    const grown = growth(each.inside, isBorn(each));
    count += grown.count;
    resets += grown.resets;
    firstAt = Math.min(firstAt, each.inside[0]!.at);
    lastAt = Math.max(lastAt, each.inside.at(-1)!.at);
  }
  return { kind: 'counted', count, resets, firstAt, lastAt };
}

/** Cells of one length, one after the other; what happens at the end of a cell belongs to it, what happens at its start does not. */
export interface CellGrid {
  readonly fromMs: number;
  readonly cellMs: number;
  readonly cells: number;
}

/** What cumulative counters grew by in each cell. */
export type GrowthByCell =
  | {
      readonly kind: 'counted';
      readonly counts: readonly number[];
      readonly resets: number;
      /** The newest sample, over all series. */
      readonly lastAt: number;
    }
  | Extract<Increase, { readonly kind: 'empty' | 'invalid' }>;

/**
 * As `increaseOf`, for one cell after the other: growth between two samples belongs to the cell of the later one, so that
 * nothing is lost between cells. Samples before `window.fromMs` are no start.
 */
export function growthByCell(
  series: readonly MetricSeries[],
  companions: readonly MetricSeries[],
  window: MetricWindow,
  { fromMs, cellMs, cells }: CellGrid,
): GrowthByCell {
  const problem = problemOf(series) ?? problemOf(companions);
  if (problem !== null) return { kind: 'invalid', problem };
  const own = series.map((one) => cut(one, window)).filter((one) => one.inside.length > 0);
  if (own.length === 0) return { kind: 'empty' };
  const all = [...own, ...companions.map((one) => cut(one, window)).filter((one) => one.inside.length > 0)];
  const isBorn = birthTest(all);
  const counts = new Array<number>(cells).fill(0);
  let resets = 0;
  let lastAt = Number.NEGATIVE_INFINITY;
  for (const each of own) {
    let before = isBorn(each) ? 0 : each.inside[0]!.value;
    for (const { at, value } of each.inside) {
      const isReset = value < before;
      const cell = Math.ceil((at - fromMs) / cellMs) - 1;
      if (cell >= 0 && cell < cells) {
        counts[cell]! += isReset ? value : value - before;
        if (isReset) resets += 1;
      }
      before = value;
    }
    lastAt = Math.max(lastAt, each.inside.at(-1)!.at);
  }
  return { kind: 'counted', counts, resets, lastAt };
}

interface CutSeries {
  readonly inside: readonly MetricSample[];
  /** There is a sample from before the window, so the series was not born in it. */
  readonly isOlder: boolean;
}

function cut(series: MetricSeries, { fromMs, toMs }: MetricWindow): CutSeries {
  return {
    inside: series.filter(({ at }) => at >= fromMs && at <= toMs),
    isOlder: series.length > 0 && series[0]!.at < fromMs,
  };
}

function growth(inside: readonly MetricSample[], isBorn: boolean): { readonly count: number; readonly resets: number } {
  let count = isBorn ? inside[0]!.value : 0;
  let resets = 0;
  for (let index = 1; index < inside.length; index += 1) {
    const before = inside[index - 1]!.value;
    const now = inside[index]!.value;
    if (now < before) resets += 1;
    count += now < before ? now : now - before;
  }
  return { count, resets };
}

/** Tells whether the source answered earlier in the window, and did not have this series then. */
function birthTest(all: readonly CutSeries[]): (series: CutSeries) => boolean {
  let oldestAt = Number.POSITIVE_INFINITY;
  for (const { inside } of all) oldestAt = Math.min(oldestAt, inside[0]!.at);
  return ({ inside, isOlder }) => {
    const firstAt = inside[0]!.at;
    // Nothing was there before the oldest one: nobody could have missed it.
    if (isOlder || firstAt === oldestAt) return false;
    if (all.some((other) => hasLater(other.inside, firstAt))) return true;
    const intervalMs = intervalOf(inside) ?? slowestOf(all);
    return intervalMs > 0 && firstAt - oldestAt > lateFactor * intervalMs;
  };
}

/** A sample at exactly this instant that is not the first one. */
function hasLater(inside: readonly MetricSample[], instant: number): boolean {
  for (let index = 1; index < inside.length; index++) if (inside[index]!.at === instant) return true;
  return false;
}

function slowestOf(all: readonly CutSeries[]): number {
  let slowestMs = 0;
  for (const { inside } of all) slowestMs = Math.max(slowestMs, intervalOf(inside) ?? 0);
  return slowestMs;
}

function intervalOf(inside: readonly MetricSample[]): number | null {
  return inside.length < 2 ? null : (inside.at(-1)!.at - inside[0]!.at) / (inside.length - 1);
}

function problemOf(all: readonly MetricSeries[]): string | null {
  for (const series of all) {
    let before = Number.NEGATIVE_INFINITY;
    for (const { at, value } of series) {
      if (!Number.isFinite(at)) return `a sample has the instant ${at}`;
      if (!Number.isFinite(value)) return `a sample has the value ${value}`;
      if (value < 0) return `a counter has the negative value ${value}`;
      if (at <= before) return 'the samples of a series are not in order of time';
      before = at;
    }
  }
  return null;
}
