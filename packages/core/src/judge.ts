import { type Clock, fail, type MetricReading, type MetricSignal, type MetricSource } from '@bluegreen/contract';
import type { Evidence, Verdict } from '@bluegreen/machine';
import { type JudgeEffect, judgeAnalysis, type Readings, signalsOf, windowOf } from './analysis.js';
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
}

/** Asks whatever a gate needs asked, once. @throws `release/check-missing`, `release/metrics-missing`, `release/webhook-missing`, `release/secret-missing` */
export async function judge(
  { releaseId, gates, clock }: JudgeContext,
  effect: JudgeEffect,
  signal: AbortSignal,
): Promise<{ readonly verdict: Verdict; readonly evidence: Evidence }> {
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
  return judgeAnalysis(effect, await readAll(metrics, effect, now, signal), now);
}

async function readAll(
  metrics: MetricSource,
  effect: JudgeEffect,
  now: number,
  signal: AbortSignal,
): Promise<Readings> {
  const window = windowOf(effect, now);
  const names = Object.keys(effect.subjects);
  const signals = signalsOf[effect.analysis!.kind];
  const wanted = names.flatMap((name) => signals.map((metric) => [name, metric] as const));
  const read = await Promise.all(wanted.map(([name, metric]) => metrics.read(name, window, metric, { signal })));
  const readings: Record<string, Record<MetricSignal, MetricReading>> = {};
  wanted.forEach(([name, metric], index) => {
    readings[name] = { ...(readings[name] as Record<MetricSignal, MetricReading>), [metric]: read[index]! };
  });
  return readings;
}
