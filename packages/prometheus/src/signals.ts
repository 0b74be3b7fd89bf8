import type { MetricReading, MetricSeries, Slot } from '@bluegreen/contract';
import type { LabelledSeries } from './api.js';
import { fail } from './failure.js';
import type { LabelMatch } from './options.js';
import { byInstance, isOfScrapes, scrapesOf, withZeros, zeros } from './scrapes.js';

export type Answers = Readonly<Record<Slot, readonly LabelledSeries[]>>;

/** @throws `prometheus/not-a-counter`, `prometheus/slots-overlap` */
export function checkCounters({ blue, green }: Answers, metric: string): void {
  if ([...blue, ...green].some(({ histograms }) => histograms.length > 0)) {
    throw fail('prometheus/not-a-counter', { detail: metric });
  }
  checkApart({ blue, green }, metric);
}

/** S22: one series on both sides would make the versions look alike. @throws `prometheus/slots-overlap` */
export function checkApart({ blue, green }: Answers, metric: string): void {
  const known = new Set(blue.map(({ labels }) => fingerprint(labels)));
  const shared = green.find(({ labels }) => known.has(fingerprint(labels)));
  if (shared !== undefined)
    throw fail('prometheus/slots-overlap', { detail: `${metric} ${fingerprint(shared.labels)}` });
}

/** The requests of one slot, each series with the zeros that its scrapes did not write. */
export function requestSeries(all: readonly LabelledSeries[], instance: readonly string[]): readonly MetricSeries[] {
  return byInstance(all, instance).flatMap(({ series }) => {
    const scrapes = scrapesOf(series);
    return series.map((one) => withZeros(one, scrapes));
  });
}

/**
 * The errors of one slot beside its requests. For every process whose requests were seen there is a series of errors, of
 * zeros where it had none. Errors of a scrape whose requests are not among the answer are left for the next read: the
 * two were asked one after the other, and there must never be more errors than requests.
 *
 * @param areOfRequests Whether a process that has requests and no errors has had none. False where errors are measured
 * elsewhere: then only what was measured is answered.
 */
export function errorSeries(
  errors: readonly LabelledSeries[],
  requests: readonly LabelledSeries[],
  instance: readonly string[],
  areOfRequests: boolean,
): readonly MetricSeries[] {
  const failing = new Map(byInstance(errors, instance).map(({ key, series }) => [key, series]));
  const result: MetricSeries[] = [];
  for (const { key, series } of byInstance(requests, instance)) {
    const scrapes = scrapesOf(series);
    const lastAt = scrapes.at.at(-1) ?? Number.NEGATIVE_INFINITY;
    const own = (failing.get(key) ?? []).map((one) => one.filter(({ at }) => at <= lastAt));
    failing.delete(key);
    if (!areOfRequests) result.push(...own);
    else if (!own.every((one) => isOfScrapes(one, scrapes))) result.push(...own);
    else result.push(...own.map((one) => withZeros(one, scrapes)), zeros(scrapes));
  }
  return [...result, ...[...failing.values()].flat()].filter((series) => series.length > 0);
}

/**
 * Errors that are chosen among the requests by a label that no request has would never be seen.
 *
 * @throws `prometheus/label-missing`
 */
export function checkLabels(requests: Answers, match: LabelMatch, metric: string): void {
  const all = [...requests.blue, ...requests.green];
  if (all.length === 0) return;
  for (const label of Object.keys(match)) {
    if (!all.some(({ labels }) => label in labels)) {
      throw fail('prometheus/label-missing', { detail: `${metric} has no label ${label}` });
    }
  }
}

export function readingOf(answers: Answers, of: (slot: Slot) => readonly MetricSeries[]): MetricReading {
  return { blue: answers.blue.length === 0 ? [] : of('blue'), green: answers.green.length === 0 ? [] : of('green') };
}

function fingerprint(labels: Readonly<Record<string, string>>): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => (a < b ? -1 : 1)));
}
