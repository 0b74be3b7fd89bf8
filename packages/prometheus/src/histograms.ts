import { type LatencyReading, type MetricSeries, type Slot, slots } from '@bluegreen/contract';
import type { LabelledSeries } from './api.js';
import { commonEdges, countAt } from './edges.js';
import { fail } from './failure.js';
import type { CumulativeSample, HistogramSeries } from './histogram-series.js';
import { instanceKey } from './scrapes.js';
import type { Answers } from './signals.js';

/**
 * Histograms of both slots as counts below edges that they have in common.
 *
 * @throws `prometheus/not-a-histogram`, `prometheus/edges-differ`
 */
export function latencyOf(
  answers: Answers,
  { metric, unitMs }: { readonly metric: string; readonly unitMs: number },
  instance: readonly string[],
): LatencyReading {
  const histograms = { blue: histogramsOf(answers.blue, metric), green: histogramsOf(answers.green, metric) };
  const all = slots.flatMap((slot) => histograms[slot]);
  if (all.length === 0) return [];
  const edges = commonEdges(all, unitMs);
  if (edges.length === 0) throw fail('prometheus/edges-differ', { detail: metric });
  const births = { blue: scrapesBefore(histograms.blue, instance), green: scrapesBefore(histograms.green, instance) };
  const read = (slot: Slot, edge: number): readonly MetricSeries[] =>
    histograms[slot].map((one, index) => [...births[slot][index]!, ...counterAt(one, edge)]);
  return [...edges, Number.POSITIVE_INFINITY].map((edge) => ({
    atMostMs: inMilliseconds(edge, unitMs),
    counted: { blue: read('blue', edge), green: read('green', edge) },
  }));
}

/** For each histogram, zeros at the scrapes of its process that came before it was seen: it appears with its first request. */
function scrapesBefore(all: readonly HistogramSeries[], instance: readonly string[]): readonly MetricSeries[] {
  const keyOf = ({ labels }: HistogramSeries): string => instanceKey(labels, instance);
  return all.map((one) => {
    const firstAt = one.samples[0]?.at ?? Number.NEGATIVE_INFINITY;
    const others = all.filter((other) => keyOf(other) === keyOf(one)).flatMap(({ samples }) => samples);
    const before = new Set(others.map(({ at }) => at).filter((at) => at < firstAt));
    return [...before].sort((a, b) => a - b).map((at) => ({ at, value: 0 }));
  });
}

/** Native histograms where there are some, else classic ones: a process that shows both counts the same twice. */
export function histogramsOf(all: readonly LabelledSeries[], metric: string): readonly HistogramSeries[] {
  const native = all.filter(({ histograms }) => histograms.length > 0);
  if (native.length > 0) return native.map(nativeSeries);
  const classic = all.filter(({ labels }) => labels.__name__ === `${metric}_bucket`);
  if (classic.length === 0 && all.length > 0) throw fail('prometheus/not-a-histogram', { detail: metric });
  return classicSeries(classic, metric);
}

function nativeSeries({ labels, histograms }: LabelledSeries): HistogramSeries {
  return {
    kind: 'native',
    labels,
    samples: histograms.map(({ at, total, buckets }) => {
      let count = 0;
      const edges = buckets.map((bucket) => {
        count += bucket.count;
        return { edge: bucket.upper, count };
      });
      return { at, total, edges, buckets };
    }),
  };
}

interface Bucket {
  readonly labels: LabelledSeries['labels'];
  readonly edge: number;
  readonly samples: LabelledSeries['samples'];
}

function classicSeries(buckets: readonly LabelledSeries[], metric: string): readonly HistogramSeries[] {
  const groups = new Map<string, Bucket[]>();
  for (const { labels, samples } of buckets) {
    const edge = labels.le === '+Inf' ? Number.POSITIVE_INFINITY : Number(labels.le);
    if (labels.le === undefined || Number.isNaN(edge)) throw fail('prometheus/not-a-histogram', { detail: metric });
    const key = instanceKey(
      labels,
      Object.keys(labels)
        .filter((label) => label !== 'le')
        .sort(),
    );
    groups.set(key, [...(groups.get(key) ?? []), { labels, edge, samples }]);
  }
  return [...groups.values()].map((group) => ({ kind: 'classic', labels: group[0]!.labels, samples: joined(group) }));
}

/** The buckets of one histogram by instant. Without its `+Inf`, nobody knows how many there were: such an instant is left out. */
function joined(group: readonly Bucket[]): CumulativeSample[] {
  const byInstant = new Map<number, { edge: number; count: number }[]>();
  for (const { edge, samples } of [...group].sort((a, b) => a.edge - b.edge)) {
    for (const { at, value } of samples) {
      const edges = byInstant.get(at);
      if (edges === undefined) byInstant.set(at, [{ edge, count: value }]);
      else edges.push({ edge, count: value });
    }
  }
  return [...byInstant]
    .filter(([, edges]) => edges.at(-1)!.edge === Number.POSITIVE_INFINITY)
    .sort(([a], [b]) => a - b)
    .map(([at, edges]) => ({ at, total: edges.at(-1)!.count, edges: edges.slice(0, -1), buckets: [] }));
}

/**
 * One edge of a histogram as a counter. All edges of a histogram restart together, and not each of them falls then: after
 * a restart between two scrapes a lower edge may stand higher than before. So each of them is 0 just before its first
 * sample after a restart.
 */
function counterAt({ samples }: HistogramSeries, edge: number): MetricSeries {
  return samples.flatMap((sample, index) => {
    const value = edge === Number.POSITIVE_INFINITY ? sample.total : countAt(sample, edge);
    const before = samples[index - 1];
    const isRestart = before !== undefined && sample.total < before.total && sample.at - before.at > 1;
    return isRestart
      ? [
          { at: sample.at - 1, value: 0 },
          { at: sample.at, value },
        ]
      : [{ at: sample.at, value }];
  });
}

/** Edges are written in decimals; as a product of floating point numbers 0.07 s would be 70.00000000000001 ms. */
function inMilliseconds(edge: number, unitMs: number): number {
  return Number((edge * unitMs).toPrecision(12));
}
