import { increaseOf } from '@bluegreen/gates';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LabelledSeries } from './api.js';
import { isOfScrapes, scrapesOf, withZeros } from './scrapes.js';
import { errorSeries, requestSeries } from './signals.js';

const scrapeMs = 15_000;
const statuses = ['200', '500', '503'] as const;
const labels = ['job', 'instance'];

/** What one process does between two scrapes: it may restart, then it answers so many requests of each status. */
const interval = fc.record({
  restarts: fc.boolean(),
  isSeen: fc.boolean(),
  answered: fc.tuple(fc.nat(3), fc.nat(2), fc.nat(2)),
});
const life = fc.array(interval, { minLength: 2, maxLength: 12 });

type Life = readonly { restarts: boolean; isSeen: boolean; answered: readonly number[] }[];

/** Plays a process: its series as Prometheus has them, and how much each status grew by between two scrapes that saw it. */
function play(instance: string, drawn: Life) {
  const samples: { at: number; value: number }[][] = [[], [], []];
  // Ordinary requests begin high and always restart lower than they were, so a restart can be seen as one.
  let values = [2 ** 30, 0, 0];
  const grown: { at: number; by: number[] }[] = [];
  let by = [0, 0, 0];
  drawn.forEach(({ restarts, isSeen, answered }, index) => {
    if (restarts && index > 0 && isSeen) {
      const [first] = values as [number];
      values = [Math.floor(first / 2), 0, 0];
      by = [...values];
    } else {
      values = values.map((value, status) => value + answered[status]!);
      by = by.map((value, status) => value + answered[status]!);
    }
    if (!isSeen && index > 0) return;
    const at = index * scrapeMs;
    values.forEach((value, status) => {
      if (value > 0) samples[status]!.push({ at, value });
    });
    if (index > 0) grown.push({ at, by });
    by = [0, 0, 0];
  });
  const series: LabelledSeries[] = samples.flatMap((own, status) =>
    own.length === 0
      ? []
      : [{ labels: { job: 'web', instance, status: statuses[status]! }, samples: own, histograms: [] }],
  );
  return { series, grown };
}

describe('what Prometheus has is made what happened', () => {
  it('over several processes, restarts, missed scrapes and labels that appear late', () => {
    fc.assert(
      fc.property(fc.array(life, { minLength: 1, maxLength: 4 }), (lives) => {
        const played = lives.map((each, index) => play(`${index}:80`, each));
        const requests = played.flatMap(({ series }) => series);
        const errors = requests.filter((one) => one.labels.status !== '200');
        const window = { fromMs: 0, toMs: 1_000_000 };
        const counters = requestSeries(requests, labels);
        const failures = errorSeries(errors, requests, labels, true);
        const total = (of: (by: number[]) => number) =>
          played.flatMap(({ grown }) => grown).reduce((sum, { by }) => sum + of(by), 0);
        expect(increaseOf(counters, failures, window)).toMatchObject({ count: total(([a, b, c]) => a! + b! + c!) });
        expect(increaseOf(failures, counters, window)).toMatchObject({ count: total(([, b, c]) => b! + c!) });
      }),
    );
  });

  it('has never more errors than requests, also when the errors were asked a scrape later', () => {
    fc.assert(
      fc.property(life, fc.nat(11), (drawn, cutAt) => {
        const { series } = play('a:80', drawn);
        const until = cutAt * scrapeMs;
        const requests = series.map((one) => ({ ...one, samples: one.samples.filter(({ at }) => at <= until) }));
        const known = requests.filter(({ samples }) => samples.length > 0);
        const errors = series.filter((one) => one.labels.status !== '200');
        const window = { fromMs: 0, toMs: 1_000_000 };
        const failed = increaseOf(errorSeries(errors, known, labels, true), [], window);
        const asked = increaseOf(requestSeries(known, labels), [], window);
        if (failed.kind === 'counted' && asked.kind === 'counted')
          expect(failed.count).toBeLessThanOrEqual(asked.count);
      }),
    );
  });
});

describe('zeros that a labelled counter has before it is seen', () => {
  const at = (...instants: number[]) => instants.map((instant) => ({ at: instant, value: 5 }));
  const scrapes = { at: [1, 2, 3, 4, 5], restartsAt: [] };

  it('stand where its process was scraped before its first sample', () => {
    expect(withZeros(at(3, 4, 5), scrapes).map(({ value }) => value)).toEqual([0, 0, 5, 5, 5]);
  });

  it('stand after a restart, until it is seen again', () => {
    const restarted = { at: scrapes.at, restartsAt: [3] };
    expect(withZeros(at(1, 2, 5), restarted).map(({ value }) => value)).toEqual([5, 5, 0, 0, 5]);
    expect(withZeros(at(1, 2), restarted).map(({ value }) => value)).toEqual([5, 5, 0, 0, 0]);
  });

  it('do not stand in a gap without a restart: the counter may go on where it was', () => {
    expect(withZeros(at(1, 4, 5), scrapes)).toEqual(at(1, 4, 5));
    expect(withZeros(at(1, 2), scrapes)).toEqual(at(1, 2));
  });

  it('are not written among samples with instants of their own', () => {
    expect(isOfScrapes(at(2, 3), scrapes)).toBe(true);
    expect(isOfScrapes([{ at: 2.5, value: 1 }], scrapes)).toBe(false);
    const series = (instance: string, instants: number[]): LabelledSeries => ({
      labels: { job: 'web', instance },
      samples: at(...instants),
      histograms: [],
    });
    const own = errorSeries([series('a', [2.5, 3.5])], [series('a', [1, 2, 3, 4])], labels, true);
    expect(own).toEqual([at(2.5, 3.5)]);
  });

  it('know a restart by any counter of the process that falls', () => {
    const falling = [
      { at: 1, value: 9 },
      { at: 2, value: 1 },
    ];
    expect(scrapesOf([at(1, 2, 3), falling])).toEqual({ at: [1, 2, 3], restartsAt: [2] });
  });
});
