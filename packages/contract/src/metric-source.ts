import type { ReadCall } from './calls.js';
import { fail } from './error.js';
import { inFlight } from './in-flight.js';
import type { MetricReading, MetricSample, MetricSeries, MetricSignal, MetricSource, MetricSpan } from './metrics.js';
import { type Slot, slots } from './slot.js';

/** What happened in one stretch of time, from `fromMs` until just before `toMs`. */
export interface MetricCounts extends MetricSpan {
  readonly requests: number;
  /** Of these requests; the rest went well. */
  readonly errors: number;
}

/** What a metric source of your own is asked: one service, one slot, one window. */
export interface MetricQuestion extends MetricSpan {
  readonly service: string;
  readonly slot: Slot;
  readonly signal: AbortSignal;
}

export interface MetricSourceOptions {
  readonly name: string;
  /** How long after a request its row can be read at the latest. Default 0. */
  readonly lagMs?: number;
  /**
   * What was counted in the window, in rows that don't overlap, oldest first: one row for all of it, or better one for
   * every few seconds, so that a change of weight falls between two rows. No row means that nothing is known; a row with
   * 0 requests means that there were none. Throw what went wrong; an empty answer would hide it.
   */
  counts(question: MetricQuestion): Promise<readonly MetricCounts[]>;
}

/**
 * A metric source over code of your own: a table of requests, an internal API, a log that was parsed. Both signals of one
 * window come from one call of `counts` for each slot.
 *
 * Reads fail with `metrics/counts-invalid` when the rows are not in order, overlap, or hold what can't be counted.
 */
export function metricSource({ name, lagMs = 0, counts }: MetricSourceOptions): MetricSource {
  const underWay = inFlight<Rows>();
  const rowsOf = (service: string, window: MetricSpan, { signal }: ReadCall): Promise<Rows> =>
    underWay.join(`${window.fromMs} ${window.toMs} ${service}`, signal, async () => {
      const [blue, green] = await Promise.all(slots.map((slot) => counts({ service, slot, ...window, signal })));
      return { blue: blue ?? [], green: green ?? [] };
    });
  return {
    name,
    lagMs,
    async read(service, window, signal, call) {
      const rows = await rowsOf(service, window, call);
      return { blue: readingOf(name, rows.blue, signal), green: readingOf(name, rows.green, signal) };
    },
  };
}

type Rows = Readonly<Record<Slot, readonly MetricCounts[]>>;

/** Sends each service to the source that measures it. A service without one is refused with `metrics/service-unknown`. */
export function metricsByService(sources: Readonly<Record<string, MetricSource>>): MetricSource {
  const sourceOf = (service: string): MetricSource => {
    const source = Object.hasOwn(sources, service) ? sources[service] : undefined;
    if (source === undefined) throw fail('metrics/service-unknown', { detail: service });
    return source;
  };
  const all = Object.values(sources);
  return {
    name: [...new Set(all.map(({ name }) => name))].join(', '),
    lagMs: Math.max(0, ...all.map(({ lagMs = 0 }) => lagMs)),
    read: async (service, window, signal, call) => sourceOf(service).read(service, window, signal, call),
    async readLatency(service, window, call) {
      return (await sourceOf(service).readLatency?.(service, window, call)) ?? [];
    },
  };
}

/** Counts as the samples of one counter that begins at the first row. */
function readingOf(source: string, rows: readonly MetricCounts[], signal: MetricSignal): MetricReading[Slot] {
  const series: MetricSample[] = [];
  let total = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const row of rows) {
    const problem = problemOf(row, until);
    if (problem !== null) throw fail('metrics/counts-invalid', { detail: `${source}: ${problem}` });
    if (row.fromMs > until) series.push({ at: row.fromMs, value: total });
    total += row[signal];
    series.push({ at: row.toMs, value: total });
    until = row.toMs;
  }
  const whole: readonly MetricSeries[] = series.length === 0 ? [] : [series];
  return whole;
}

function problemOf({ fromMs, toMs, requests, errors }: MetricCounts, until: number): string | null {
  if (!Number.isFinite(fromMs) || !Number.isFinite(toMs) || toMs <= fromMs) {
    return `a row from ${fromMs} to ${toMs} is no stretch of time`;
  }
  if (fromMs < until) return `the row from ${fromMs} begins before the one before it ends`;
  for (const [what, count] of Object.entries({ requests, errors })) {
    if (!Number.isSafeInteger(count) || count < 0) return `${count} is no number of ${what}`;
  }
  return errors > requests ? `${errors} errors of only ${requests} requests` : null;
}
