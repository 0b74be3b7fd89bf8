import {
  type AnalysisMemory,
  type AnalysisSignal,
  type JudgeEffect,
  type ReleaseProcess,
  type ServiceReadings,
  signalsOf,
  weighAnalysis,
  windowOf,
} from '@bluegreen/core/driving';
import type { Look, RepeatedCalls } from '../world/repeated-calls.js';

export interface RepeatedLookOptions {
  readonly effect: JudgeEffect;
  readonly process: ReleaseProcess;
  /** What the judges of this release learnt. */
  readonly memory: AnalysisMemory;
  /** Where they learn until it stands. */
  readonly draft: AnalysisMemory;
  readonly calls: RepeatedCalls;
}

/** What one look of an analysis asks for, in the order of its calls. */
export function askedBy({ effect }: { readonly effect: JudgeEffect }): readonly (readonly [string, AnalysisSignal])[] {
  const signals = signalsOf[effect.analysis!.kind];
  return Object.keys(effect.subjects).flatMap((service) => signals.map((signal) => [service, signal] as const));
}

/** An analysis of a release that rests: measured and judged as on the clock, while its word stays the same. */
export class RepeatedLook implements Look {
  readonly #options: RepeatedLookOptions;
  readonly #asked: readonly (readonly [string, AnalysisSignal])[];
  /** What it had learnt at each of its ends; a threshold learns nothing. */
  readonly #learnt: { readonly endedAt: number; readonly draft: AnalysisMemory }[] = [];
  #begunAt = 0;
  #window = { fromMs: 0, toMs: 0 };

  constructor(options: RepeatedLookOptions) {
    this.#options = options;
    this.#asked = askedBy(options);
  }

  begin(now: number): void {
    const { effect, draft } = this.#options;
    this.#begunAt = now;
    this.#window = windowOf(effect, now, draft);
  }

  end(now: number): boolean {
    const { effect, draft, process, calls } = this.#options;
    const readings: Record<string, ServiceReadings> = {};
    for (const [service, signal] of this.#asked) {
      const measured = calls.measure({ service, signal, window: this.#window }, now);
      readings[service] = { ...readings[service], [signal]: measured };
    }
    const { judgement, memory } = weighAnalysis(effect, readings, this.#begunAt, draft);
    if (memory !== null) return false;
    if (effect.analysis!.kind !== 'threshold') this.#learnt.push({ endedAt: now, draft: draft.copy() });
    const { verdict, reason, exposure } = judgement.word;
    // Without its numbers: where the machine wants these too, it is news.
    const evidence = { summary: '', ...(reason && { reason }), ...(exposure && { exposure }) };
    const { gate, attempt } = effect;
    return process.tellsNothing({ type: 'gate-judged', gate: gate.id, attempt, verdict, evidence, at: now });
  }

  keep(endedAt: number): void {
    const { memory, effect } = this.#options;
    const learnt = this.#learnt.findLast((each) => each.endedAt <= endedAt);
    if (learnt !== undefined) memory.take(effect.gate.id, learnt.draft);
  }
}
