import { type Clock, fail, type MetricSource } from '@bluegreen/contract';
import {
  type AnalysisSignal,
  type AnalysisVerdict,
  type JudgeEffect,
  judgeAnalysis,
  type Readings,
  type ServiceReadings,
  signalsOf,
  windowOf,
} from './analysis.js';
import type { AnalysisMemory } from './analysis-memory.js';
import { type Check, runCheck } from './check.js';
import { askWebhook, type Webhook } from './webhook.js';
import type { Secrets } from './webhook-signature.js';

/** What the gates of a releaser ask. */
export interface GateTools {
  readonly metrics: MetricSource | undefined;
  readonly checks: Readonly<Record<string, Check>>;
  /** None by default. */
  readonly webhooks?: Readonly<Record<string, Webhook>>;
  readonly secrets?: Secrets | undefined;
  /** Default: the global one. */
  readonly fetch?: typeof fetch;
}

interface JudgeContext {
  readonly releaseId: string;
  readonly gates: GateTools;
  readonly clock: Clock;
  readonly memory: AnalysisMemory;
}

/** Asks whatever a gate needs asked, once. @throws `release/check-missing`, `release/metrics-missing`, `release/webhook-missing`, `release/secret-missing` */
export async function judge(
  { releaseId, gates, clock, memory }: JudgeContext,
  effect: JudgeEffect,
  signal: AbortSignal,
): Promise<AnalysisVerdict> {
  const { gate } = effect;
  if (gate.kind === 'webhook') return askWebhook({ releaseId, clock, ...gates }, effect, signal);
  if (gate.kind === 'check') {
    const check = gates.checks[gate.name];
    if (check === undefined) throw fail('release/check-missing', { detail: gate.name });
    const context = { releaseId, services: effect.subjects };
    return runCheck(check, gate, context, signal, clock);
  }
  const { metrics } = gates;
  if (metrics === undefined) throw fail('release/metrics-missing', { detail: gate.name });
  // What is younger than the lag of the source is not complete yet: it would read as fewer requests, and fewer errors.
  const now = Math.max(effect.openedAt, clock.now() - (metrics.lagMs ?? 0));
  return judgeAnalysis(effect, await readAll(metrics, effect, now, memory, signal), now, memory);
}

async function readAll(
  metrics: MetricSource,
  effect: JudgeEffect,
  now: number,
  memory: AnalysisMemory,
  signal: AbortSignal,
): Promise<Readings> {
  const window = windowOf(effect, now, memory);
  const read = async (name: string, metric: AnalysisSignal): Promise<ServiceReadings> =>
    metric === 'latency'
      ? { latency: (await metrics.readLatency?.(name, window, { signal })) ?? [] }
      : { [metric]: await metrics.read(name, window, metric, { signal }) };
  const all = Object.keys(effect.subjects).map(async (name) => {
    const parts = await Promise.all(signalsOf[effect.analysis!.kind].map((metric) => read(name, metric)));
    return [name, Object.assign({}, ...parts) as ServiceReadings] as const;
  });
  return Object.fromEntries(await Promise.all(all));
}
