import { type Clock, type MetricCounts, type MetricSource, metricSource } from '@bluegreen/contract';
import { definePolicy } from '@bluegreen/machine';
import { describe, expect, it } from 'vitest';
import { memoryJournal } from './journal/memory-journal.js';
import { MemoryService } from './releaser.fixture.js';
import { createReleaser } from './releaser.js';

const now = Date.UTC(2026, 2, 1, 12);
const clock: Clock = { now: () => now, setTimeout: () => null, clearTimeout: () => {} };

const policy = definePolicy({
  analyses: {
    errors: { kind: 'threshold', maxRate: 0.01, window: '2m', minSamples: 100 },
    compared: { kind: 'error-ratio', maxRatio: 2, maxRate: 0.05 },
  },
  shift: [{ to: 100 }],
});

/** Rows of fifteen seconds up to `until`: 100 requests each, so many of them errors. */
function rowsOf(errors: number, { fromMs, toMs }: { fromMs: number; toMs: number }, until = now): MetricCounts[] {
  const rows: MetricCounts[] = [];
  const first = Math.ceil(fromMs / 15_000) * 15_000;
  for (let at = first; at + 15_000 <= Math.min(toMs, until); at += 15_000) {
    rows.push({ fromMs: at, toMs: at + 15_000, requests: 100, errors });
  }
  return rows;
}

function releaserOver(metrics: MetricSource | undefined, service = new MemoryService()) {
  return createReleaser({
    services: { web: service.service },
    journal: memoryJournal(),
    clock,
    ...(metrics === undefined ? {} : { metrics }),
  });
}

const measured = (errors: number, lagMs = 0) =>
  metricSource({ name: 'rows', lagMs, counts: async (question) => rowsOf(errors, question) });

describe('an analysis tried alone', () => {
  it.each([
    [0, 'pass'],
    [20, 'fail'],
  ] as const)('says what its gate would say: %i errors in a hundred', async (errors, verdict) => {
    const said = await releaserOver(measured(errors)).judge({ policy, analysis: 'errors' });
    expect(said.verdict).toBe(verdict);
    expect(said.window).toEqual({ fromMs: now - 120_000, toMs: now });
    expect(said.evidence.samples).toBe(800);
  });

  it('shows what it saw of each slot, so that labels can be set right', async () => {
    const source = metricSource({
      name: 'rows',
      counts: async (question) => (question.slot === 'blue' ? rowsOf(3, question) : []),
    });
    const { seen } = await releaserOver(source).judge({ policy, analysis: 'errors' });
    expect(seen.web).toEqual({
      blue: {
        requests: { series: 1, samples: 9, count: 800, newestAt: now },
        errors: { series: 1, samples: 9, count: 24, newestAt: now },
      },
      green: {
        requests: { series: 0, samples: 0, count: null, newestAt: null },
        errors: { series: 0, samples: 0, count: null, newestAt: null },
      },
    });
  });

  it('judges the slot that it is told, else the one that serves', async () => {
    const bad = metricSource({
      name: 'rows',
      counts: async (question) => rowsOf(question.slot === 'green' ? 50 : 0, question),
    });
    const releaser = releaserOver(bad);
    expect((await releaser.judge({ policy, analysis: 'errors' })).verdict).toBe('pass');
    expect((await releaser.judge({ policy, analysis: 'errors', candidate: 'green' })).verdict).toBe('fail');
  });

  it('guesses no slot: a split whose candidate is not known, or no routing, needs to be told', async () => {
    const service = new MemoryService();
    const releaser = releaserOver(measured(0), service);
    const refused = { code: 'release/routing-split', hint: expect.stringContaining('candidate') };
    service.target = { ...service.target!, weights: { blue: 50, green: 50 } };
    await expect(releaser.judge({ policy, analysis: 'errors' })).rejects.toMatchObject(refused);
    service.target = { ...service.target!, candidate: 'green' };
    expect((await releaser.judge({ policy, analysis: 'errors' })).verdict).toBe('pass');
    service.target = null;
    await expect(releaser.judge({ policy, analysis: 'errors' })).rejects.toMatchObject(refused);
    expect((await releaser.judge({ policy, analysis: 'errors', candidate: 'blue' })).verdict).toBe('pass');
  });

  it('compares both slots where the analysis does, over the time that it is told', async () => {
    const worse = metricSource({
      name: 'rows',
      counts: async (question) => rowsOf(question.slot === 'green' ? 20 : 1, question),
    });
    const said = await releaserOver(worse).judge({ policy, analysis: 'compared', candidate: 'green', over: '20m' });
    expect(said.verdict).toBe('fail');
    expect(said.window.fromMs).toBe(now - 1_200_000);
  });

  it('asks for nothing that may still change', async () => {
    const said = await releaserOver(measured(0, 60_000)).judge({ policy, analysis: 'errors' });
    expect(said.window.toMs).toBe(now - 60_000);
    expect(said.seen.web!.blue.requests!.newestAt).toBe(now - 60_000);
  });

  it('says error with the reason when the source fails, as a gate does', async () => {
    const broken = metricSource({ name: 'rows', counts: () => Promise.reject(new Error('connection refused')) });
    expect(await releaserOver(broken).judge({ policy, analysis: 'errors' })).toMatchObject({
      verdict: 'error',
      evidence: { summary: 'connection refused' },
    });
  });

  it('writes nothing', async () => {
    const service = new MemoryService();
    await releaserOver(measured(0), service).judge({ policy, analysis: 'errors' });
    expect(service.calls).toEqual(['observe']);
  });

  it.each([
    ['release/analysis-unknown', { analysis: 'latency' }, measured(0)],
    ['release/analysis-unknown', { analysis: 'constructor' }, measured(0)],
    ['release/service-unknown', { analysis: 'errors', services: ['api'] }, measured(0)],
    ['release/metrics-missing', { analysis: 'errors' }, undefined],
  ])('refuses with %s: %o', async (code, trial, metrics) => {
    await expect(releaserOver(metrics).judge({ policy, ...trial })).rejects.toMatchObject({ code });
  });
});
