import type { LatencyReading, MetricSeries } from '@bluegreen/contract';
import { describe, expect, it } from 'vitest';
import { comparedWindow } from './error-judge.js';
import { judgeLatency, type LatencyJudgeMemory, type LatencyJudgeOptions, type LatencyLook } from './latency-judge.js';
import { normalCdf } from './normal.js';

const minuteMs = 60_000;
const openedAt = 3_600_000;
const edges = [25, 50, 75, 100, 150, 200, 250, 350, 500, 1_000, Number.POSITIVE_INFINITY];
const options: LatencyJudgeOptions = {
  quantiles: [0.9, 0.99],
  maxSlowdown: 1.1,
  failBudget: 0.01,
  passBudget: 0.02,
  minSamples: 50,
  minTimeMs: 5 * minuteMs,
  everyMs: 15_000,
  warmUpMs: 2 * minuteMs,
};

/** Lognormal latencies, median 80 ms, sigma 0.6, `slowdown` times as slow: the expected counts, to the nearest request. */
function reading(fromMs: number, toMs: number, slowdown: (at: number) => number, perStep = 1_500): LatencyReading {
  const share = (edgeMs: number, factor: number): number =>
    edgeMs === Number.POSITIVE_INFINITY ? 1 : normalCdf(Math.log(edgeMs / (80 * factor)) / 0.6);
  return edges.map((atMostMs) => {
    const series = (requests: number, factor: (at: number) => number, from: number): MetricSeries => {
      const samples = [{ at: from, value: 0 }];
      let value = 0;
      for (let at = from + 15_000; at <= toMs; at += 15_000) {
        value += requests * share(atMostMs, factor(at));
        samples.push({ at, value: Math.round(value) });
      }
      return samples;
    };
    return {
      atMostMs,
      counted: { blue: [series(perStep * 0.9, () => 1, fromMs)], green: [series(perStep * 0.1, slowdown, openedAt)] },
    };
  });
}

function look(slowdown: (at: number) => number, toMs: number, memory: LatencyJudgeMemory | null = null): LatencyLook {
  const { fromMs } = comparedWindow(memory, { openedAt, toMs });
  return {
    latency: reading(Math.max(0, fromMs), toMs, slowdown),
    candidate: 'green',
    control: 'blue',
    openedAt,
    toMs,
    dueAt: openedAt + 60 * minuteMs,
    isAlone: false,
    split: null,
    exposedAt: openedAt,
  };
}

function run(slowdown: (at: number) => number, minutes: number) {
  let memory: LatencyJudgeMemory | null = null;
  const verdicts: string[] = [];
  let last: ReturnType<typeof judgeLatency> | null = null;
  for (let toMs = openedAt + options.everyMs; toMs <= openedAt + minutes * minuteMs; toMs += options.everyMs) {
    last = judgeLatency(options, memory, { ...look(slowdown, toMs), latency: reading(0, toMs, slowdown) });
    memory = JSON.parse(JSON.stringify(last.memory)) as LatencyJudgeMemory;
    if (verdicts.at(-1) !== last.judgement.verdict) verdicts.push(last.judgement.verdict);
  }
  return { verdicts, last: last! };
}

describe('latency', () => {
  it('passes a version that is as fast, through coarse buckets', () => {
    const { verdicts, last } = run(() => 1, 30);
    expect(verdicts).toEqual(['inconclusive', 'pass']);
    expect(last.judgement.evidence.summary).toContain('shown to be less than 1.1 times as slow');
  });

  it('fails a version that is a quarter slower', () => {
    const { verdicts, last } = run(() => 1.25, 12);
    expect(verdicts).toEqual(['inconclusive', 'fail']);
    expect(last.judgement.evidence.summary).toMatch(/p90: .* of [\d,]+ requests slower than 200 ms/);
  });

  it('waits while a good version warms up, and then passes it', () => {
    const cold = (at: number): number => (at < openedAt + 2 * minuteMs ? 3 : 1);
    expect(run(cold, 1).last.judgement).toMatchObject({ verdict: 'inconclusive', evidence: { reason: 'warming-up' } });
    expect(run(cold, 30).verdicts).toEqual(['inconclusive', 'pass']);
  });

  it('has nothing to say about a version that serves everybody', () => {
    const judged = judgeLatency(options, null, { ...look(() => 1, openedAt + minuteMs), isAlone: true });
    expect(judged.judgement).toMatchObject({ verdict: 'inconclusive', evidence: { reason: 'nothing-to-compare' } });
  });

  const late = openedAt + 20 * minuteMs;
  const good = look(() => 1, late);
  it.each([
    ['no histogram', { latency: [] }, 'error', 'no-series'],
    ['edges that do not ascend', { latency: [...good.latency].reverse() }, 'error', 'invalid-samples'],
    ['no last edge', { latency: good.latency.slice(0, -1) }, 'error', 'invalid-samples'],
    ['what is no list', { latency: 'nothing' as never }, 'error', 'invalid-samples'],
    [
      'only high edges',
      { latency: good.latency.slice(0, 2).concat(good.latency.at(-1)!) },
      'inconclusive',
      'buckets-too-low',
    ],
    ['a stale source', { latency: reading(0, late - 5 * minuteMs, () => 1) }, 'error', 'stale'],
    [
      'no candidate',
      { latency: good.latency.map((edge) => ({ ...edge, counted: { ...edge.counted, green: [] } })) },
      'inconclusive',
      'no-requests',
    ],
    [
      'no active slot',
      { latency: good.latency.map((edge) => ({ ...edge, counted: { ...edge.counted, blue: [] } })) },
      'error',
      'no-series',
    ],
  ] as const)('does not pass on %s', (_, given, verdict, reason) => {
    expect(judgeLatency(options, null, { ...good, ...given }).judgement).toMatchObject({
      verdict,
      evidence: { reason },
    });
  });
});
