import type { LatencyReading, MetricReading, Slot } from '@bluegreen/contract';
import {
  type ComparedLook,
  comparedWindow,
  judgeErrorRatio,
  judgeLatency,
  judgeThreshold,
  type Word,
  WordedJudgement,
} from '@bluegreen/gates';
import type { CompiledAnalysis, Effect, Evidence, JudgedService, Verdict } from '@bluegreen/machine';
import type { AnalysisMemory, JudgeMemory } from './analysis-memory.js';

export type JudgeEffect = Effect & { readonly kind: 'judge' };

/** What an analysis reads of a service: a signal, or its latencies. */
export type AnalysisSignal = 'requests' | 'errors' | 'latency';

/** The signals that an analysis of each kind reads. */
export const signalsOf: Readonly<Record<CompiledAnalysis['kind'], readonly AnalysisSignal[]>> = {
  threshold: ['requests', 'errors'],
  'error-ratio': ['requests', 'errors'],
  latency: ['latency'],
};

/** What was read of one service; what its analysis does not read is not there. */
export interface ServiceReadings {
  readonly requests?: MetricReading;
  readonly errors?: MetricReading;
  readonly latency?: LatencyReading;
}

export type Readings = Readonly<Record<string, ServiceReadings>>;

/**
 * What to ask the metric source. A threshold wants what happened since the gate opened, at most one window back; a
 * comparing analysis what it has not weighed yet, and at its beginning the past of the active slot.
 */
export function windowOf(
  effect: JudgeEffect,
  now: number,
  memory: AnalysisMemory,
): { readonly fromMs: number; readonly toMs: number } {
  const { analysis, openedAt } = effect;
  if (analysis!.kind === 'threshold') return { fromMs: Math.max(openedAt, now - analysis!.windowMs), toMs: now };
  const known = memory.of(effect.gate.id, effect.attempt);
  const windows = Object.keys(effect.subjects).map((name) =>
    comparedWindow(known[name] ?? null, { openedAt, toMs: now }),
  );
  return { fromMs: Math.min(now, ...windows.map(({ fromMs }) => fromMs)), toMs: now };
}

/** A verdict on all services of a release, and what its journal has to remember of it. */
export interface AnalysisVerdict {
  readonly verdict: Verdict;
  readonly evidence: Evidence;
  readonly memory?: Readonly<Record<string, unknown>>;
}

/** An analysis whose numbers are put into words when somebody reads them. */
export interface AnalysisJudgement {
  readonly judgement: WordedJudgement;
  /** What its journal has to remember of it. */
  readonly memory: Readonly<Record<string, unknown>> | null;
}

/** `weighAnalysis`, with its numbers in words. */
export function judgeAnalysis(
  effect: JudgeEffect,
  readings: Readings,
  now: number,
  memory: AnalysisMemory,
): AnalysisVerdict {
  const weighed = weighAnalysis(effect, readings, now, memory);
  const { verdict, evidence } = weighed.judgement;
  return weighed.memory === null ? { verdict, evidence } : { verdict, evidence, memory: weighed.memory };
}

/** Judges every service; the worst word decides: fail, then error, then inconclusive. */
export function weighAnalysis(
  effect: JudgeEffect,
  readings: Readings,
  now: number,
  memory: AnalysisMemory,
): AnalysisJudgement {
  const { gate, attempt, subjects } = effect;
  const known = memory.of(gate.id, attempt);
  const learnt: Record<string, JudgeMemory> = {};
  const names = Object.keys(subjects);
  let worst: WordedJudgement | null = null;
  for (const name of names) {
    const judged = judgeService(effect, names.length, name, readings[name] ?? {}, now, known[name] ?? null, memory);
    if (judged.memory !== null) learnt[name] = judged.memory;
    const { judgement } = judged;
    if (worst !== null && severity(judgement.verdict) <= severity(worst.verdict)) continue;
    worst = names.length === 1 ? judgement : named(name, judgement);
  }
  if (worst === null) return { judgement: nothingJudged(), memory: null };
  if (effect.analysis!.kind === 'threshold') return { judgement: worst, memory: null };
  return { judgement: worst, memory: memory.keep(gate.id, attempt, learnt, now, worst.word) };
}

function named(name: string, judgement: WordedJudgement): WordedJudgement {
  const { word } = judgement;
  return new WordedJudgement(word, () => ({
    ...judgement.evidence,
    summary: `${name}: ${judgement.evidence.summary}`,
  }));
}

function nothingJudged(): WordedJudgement {
  const word: Word = { verdict: 'error', reason: undefined, exposure: undefined };
  return new WordedJudgement(word, () => ({ summary: 'no service to judge' }));
}

interface ServiceVerdict {
  readonly judgement: WordedJudgement;
  readonly memory: JudgeMemory | null;
}

function judgeService(
  effect: JudgeEffect,
  services: number,
  name: string,
  readings: ServiceReadings,
  now: number,
  known: JudgeMemory | null,
  memory: AnalysisMemory,
): ServiceVerdict {
  const analysis = effect.analysis!;
  const subject = effect.subjects[name]!;
  const { requests = noReading, errors = noReading, latency = [] } = readings;
  if (analysis.kind === 'threshold') {
    const { fromMs, toMs } = windowOf(effect, now, memory);
    const slot: Slot = subject.candidate;
    return { judgement: judgeThreshold(analysis, { requests, errors, slot, fromMs, toMs }), memory: null };
  }
  // Every service may be the one that is failed by mistake.
  const failBudget = analysis.failBudget / services;
  const look = lookOf(effect, subject, now);
  if (analysis.kind === 'latency') {
    const before = known?.kind === 'latency' ? known : null;
    return judgeLatency({ ...analysis, failBudget }, before, {
      ...look,
      latency,
      exposedAt: subject.exposedAt ?? now,
    });
  }
  const before = known?.kind === 'error-ratio' ? known : null;
  return judgeErrorRatio({ ...analysis, failBudget }, before, { ...look, requests, errors });
}

const noReading: MetricReading = { blue: [], green: [] };

function lookOf({ openedAt, dueAt }: JudgeEffect, subject: JudgedService, now: number): ComparedLook {
  const { candidate, active, isAlone, split } = subject;
  return { candidate, control: active, openedAt, toMs: now, dueAt, isAlone, split };
}

function severity(verdict: Verdict): number {
  return ['pass', 'inconclusive', 'error', 'fail'].indexOf(verdict);
}
