import type { MetricSample, MetricSeries } from '@bluegreen/contract';
import type { LabelledSeries } from './api.js';

/** The series of one scraped process. */
export interface Instance {
  readonly key: string;
  readonly series: readonly MetricSeries[];
}

/** Series by the process that they come from, which is told by its labels. */
export function byInstance(all: readonly LabelledSeries[], labels: readonly string[]): readonly Instance[] {
  const found = new Map<string, MetricSeries[]>();
  for (const each of all) {
    const key = instanceKey(each.labels, labels);
    const group = found.get(key);
    if (group === undefined) found.set(key, [each.samples]);
    else group.push(each.samples);
  }
  return [...found].map(([key, series]) => ({ key, series }));
}

export function instanceKey(of: Readonly<Record<string, string>>, labels: readonly string[]): string {
  return JSON.stringify(labels.map((label) => of[label] ?? ''));
}

/** What the scrapes of one process saw of it: when they were, and which were the first after a restart. */
export interface Scrapes {
  readonly at: readonly number[];
  readonly restartsAt: readonly number[];
}

/** Samples of one scrape have one instant, so the instants of all series of a process are its scrapes. */
export function scrapesOf(series: readonly MetricSeries[]): Scrapes {
  const at = new Set<number>();
  const restarts = new Set<number>();
  for (const samples of series) {
    samples.forEach((sample, index) => {
      at.add(sample.at);
      if (index > 0 && sample.value < samples[index - 1]!.value) restarts.add(sample.at);
    });
  }
  return { at: ascending(at), restartsAt: ascending(restarts) };
}

/** True when every sample was taken by one of these scrapes; a metric with instants of its own never is. */
export function isOfScrapes(series: MetricSeries, { at }: Scrapes): boolean {
  const known = new Set(at);
  return series.every((sample) => known.has(sample.at));
}

/**
 * Writes the zeros that a labelled counter has before it is seen: it appears with its first increment, so a scrape that
 * saw its process and not the counter saw 0. That holds before its first sample, and after a restart of the process
 * until it is seen again. A gap without a restart stays one: such a counter may go on where it was.
 */
export function withZeros(series: MetricSeries, { at, restartsAt }: Scrapes): MetricSeries {
  const result: MetricSample[] = [];
  let next = 0;
  let lastSeen = Number.NEGATIVE_INFINITY;
  for (const scrape of at) {
    const sample = series[next];
    if (sample?.at === scrape) {
      result.push(sample);
      lastSeen = scrape;
      next++;
    } else if (next === 0 || restartsAt.some((restart) => restart > lastSeen && restart <= scrape)) {
      result.push({ at: scrape, value: 0 });
    }
  }
  return result;
}

/** A counter that counted nothing, seen by every scrape. */
export function zeros({ at }: Scrapes): MetricSeries {
  return at.map((instant) => ({ at: instant, value: 0 }));
}

function ascending(instants: ReadonlySet<number>): readonly number[] {
  return [...instants].sort((a, b) => a - b);
}
