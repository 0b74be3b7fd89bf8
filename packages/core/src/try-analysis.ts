import {
  durationMs,
  type Evidence,
  fail,
  isBluegreenError,
  type MetricReading,
  type MetricSource,
  type MetricSpan,
  otherSlot,
  type Slot,
  soleSlot,
  type TrafficAdapter,
  type Verdict,
} from '@bluegreen/contract';
import { increaseOf } from '@bluegreen/gates';
import { type CompiledAnalysis, compilePolicy, type JudgedService, type Policy } from '@bluegreen/machine';
import type { JudgeEffect } from './analysis.js';
import { AnalysisMemory } from './analysis-memory.js';
import type { Engine } from './engine.js';
import { judge } from './judge.js';

export interface AnalysisTrial {
  // biome-ignore lint/suspicious/noExplicitAny: only its analyses are looked at, and their names are checked here.
  readonly policy: Policy<any, any, any>;
  /** Name of the analysis in the policy. */
  readonly analysis: string;
  /** Default: all services of the releaser. */
  readonly services?: readonly string[];
  /** Which slot to judge. Default: the candidate of the routing, or else the slot that serves everybody. */
  readonly candidate?: Slot;
  /** How long ago the gate shall have opened. Default: its `window`, or ten minutes for one that compares. */
  readonly over?: string;
}

/** What a signal of one slot looked like to the gate. */
export interface SeenSignal {
  readonly series: number;
  readonly samples: number;
  /** What the counters grew by since the gate would have opened; `null` when that can't be told. */
  readonly count: number | null;
  readonly newestAt: number | null;
}

/** What a gate would have said, and what it saw. */
export interface TriedAnalysis {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly window: MetricSpan;
  /** Per service and slot; a signal that the analysis does not read is not there. */
  readonly seen: Readonly<Record<string, Readonly<Record<Slot, Readonly<Record<string, SeenSignal>>>>>>;
}

const comparedForMs = 600_000;

/**
 * Asks what an analysis of a policy would say just now, without a release: the judge of production, once, on what the
 * metric source answers. Reads only.
 *
 * @throws `policy/…`, `release/analysis-unknown`, `release/metrics-missing`, `release/service-unknown`,
 * `release/routing-split` where nobody says which slot shall be judged, and what reading the routing throws
 */
export async function tryAnalysis(engine: Engine, trial: AnalysisTrial): Promise<TriedAnalysis> {
  const compiled = compilePolicy(trial.policy);
  const analysis = own(compiled.analyses, trial.analysis);
  if (analysis === undefined) throw fail('release/analysis-unknown', { detail: trial.analysis });
  if (engine.metrics === undefined) throw fail('release/metrics-missing', { detail: trial.analysis });
  const signal = AbortSignal.timeout(compiled.limits.callMs);
  const now = engine.clock.now();
  const openedAt = now - (trial.over === undefined ? usualSpanMs(analysis) : durationMs(trial.over, 'over'));
  const subjects: Record<string, JudgedService> = {};
  for (const name of trial.services ?? Object.keys(engine.services)) {
    const service = own(engine.services, name);
    if (service === undefined) throw fail('release/service-unknown', { detail: name });
    subjects[name] = await subjectOf(service.traffic, trial.candidate, openedAt, name, signal);
  }
  const window = { fromMs: openedAt, toMs: Math.max(openedAt, now - (engine.metrics.lagMs ?? 0)) };
  const watched = watching(engine.metrics, window);
  const said = await judged(engine, watched.source, effectOf(trial.analysis, analysis, openedAt, subjects), signal);
  return { ...said, window, seen: watched.seen };
}

/** Names come from outside; what every object has by itself is no answer to them. */
function own<T>(all: Readonly<Record<string, T>>, name: string): T | undefined {
  return Object.hasOwn(all, name) ? all[name] : undefined;
}

function usualSpanMs(analysis: CompiledAnalysis): number {
  return analysis.kind === 'threshold' ? analysis.windowMs : comparedForMs;
}

async function subjectOf(
  traffic: TrafficAdapter,
  wanted: Slot | undefined,
  exposedAt: number,
  name: string,
  signal: AbortSignal,
): Promise<JudgedService> {
  const { routing } = await traffic.observe({ signal });
  const target = routing.kind === 'split' ? routing.target : null;
  const candidate = wanted ?? (target === null ? null : (soleSlot(target) ?? target.candidate));
  if (candidate === null) {
    throw fail('release/routing-split', { detail: name, hint: 'Say with `candidate` which slot shall be judged.' });
  }
  const isAlone = target?.weights[candidate] === 100;
  return { version: '', candidate, active: otherSlot(candidate), url: null, isAlone, split: null, exposedAt };
}

function effectOf(
  name: string,
  analysis: CompiledAnalysis,
  openedAt: number,
  subjects: JudgeEffect['subjects'],
): JudgeEffect {
  return {
    kind: 'judge',
    key: `trial/${name}`,
    notBefore: 0,
    everyMs: analysis.everyMs,
    gate: { id: `trial/${name}`, name, kind: 'analysis', analysis: name, onFailure: 'pause', dryRun: true },
    attempt: 1,
    openedAt,
    dueAt: null,
    analysis,
    subjects,
  };
}

/** As in a release: what can't be asked is the verdict `error`, with the reason. */
async function judged(
  { clock }: Engine,
  metrics: MetricSource,
  effect: JudgeEffect,
  signal: AbortSignal,
): Promise<Pick<TriedAnalysis, 'verdict' | 'evidence'>> {
  try {
    const context = { releaseId: 'trial', gates: { metrics, checks: {} }, clock, memory: new AnalysisMemory() };
    const { verdict, evidence } = await judge(context, effect, signal);
    return { verdict, evidence };
  } catch (error) {
    const summary = error instanceof Error ? error.message : String(error);
    return { verdict: 'error', evidence: { summary, ...(isBluegreenError(error) ? { reason: error.code } : {}) } };
  }
}

/** The same source, and what it answered. */
function watching(metrics: MetricSource, window: MetricSpan) {
  const seen: Record<string, Record<Slot, Record<string, SeenSignal>>> = {};
  const note = (service: string, signal: string, reading: MetricReading): void => {
    seen[service] ??= { blue: {}, green: {} };
    for (const slot of ['blue', 'green'] as const) seen[service][slot][signal] = seenIn(reading[slot], window);
  };
  const { readLatency } = metrics;
  const source: MetricSource = {
    name: metrics.name,
    lagMs: metrics.lagMs ?? 0,
    async read(service, span, signal, call) {
      const reading = await metrics.read(service, span, signal, call);
      note(service, signal, reading);
      return reading;
    },
    ...(readLatency === undefined
      ? {}
      : {
          async readLatency(service, span, call) {
            const reading = await readLatency.call(metrics, service, span, call);
            note(service, 'latency', reading.at(-1)?.counted ?? { blue: [], green: [] });
            return reading;
          },
        }),
  };
  return { source, seen };
}

function seenIn(series: MetricReading[Slot], window: MetricSpan): SeenSignal {
  const increase = increaseOf(series, [], window);
  const samples = series.flat();
  return {
    series: series.length,
    samples: samples.length,
    count: increase.kind === 'counted' ? increase.count : null,
    newestAt: samples.length === 0 ? null : Math.max(...samples.map(({ at }) => at)),
  };
}
