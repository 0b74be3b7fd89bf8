import { type Clock, fail as contractFail, mayReach, type TimerHandle } from '@bluegreen/contract';
import {
  type AnalysisMemory,
  type AnalysisSignal,
  checkPauseMs,
  type EffectCall,
  failedOutcome,
  type JudgeEffect,
  judgeAnalysis,
  type Outcome,
  type Performer,
  type ServiceReadings,
  signalsOf,
  windowOf,
} from '@bluegreen/core/driving';
import type { Effect } from '@bluegreen/machine';
import type { Abort, Confirm, Done } from '../world/operation.js';
import type { Operations } from '../world/operations.js';
import { hookLatencyMs, webhookLatencyMs, webhookSummary } from './people.js';

export interface WorldPerformerOptions {
  readonly operations: Operations;
  readonly clock: Clock;
  /** Names this orchestrator in the ledger. */
  readonly owner: string;
  /** Per resource, the epoch of this orchestrator. */
  readonly epochs: Readonly<Record<string, number>>;
  /** Per service, the resource of its router. */
  readonly routers: Readonly<Record<string, string>>;
  readonly environments: Readonly<Record<string, string>>;
  /** What its judges learnt so far. */
  readonly memory: AnalysisMemory;
}

type Tell = (outcome: Outcome) => void;

/** Carries effects out in the simulated world, with callbacks: the twin of the performer that calls adapters. */
export function worldPerformer(options: WorldPerformerOptions): Performer {
  return { perform: (effect, call, done) => perform(options, effect, call, done) };
}

function perform(options: WorldPerformerOptions, effect: Effect, call: EffectCall, tell: Tell): void {
  const { operations, owner } = options;
  const answer = <R>(outcome: (value: R) => Outcome): Done<R> => {
    return (reply) => tell(reply.error === null ? outcome(reply.value) : failedOutcome(effect, reply.error));
  };
  const accepted = (): Outcome => ({ type: 'effect-settled', key: effect.key, result: { outcome: 'accepted' } });
  switch (effect.kind) {
    case 'observe-routing': {
      const { service } = effect;
      const done = answer<Parameters<typeof routingOutcome>[2]>((observation) =>
        routingOutcome(options, service, observation),
      );
      abortable(call, () => operations.observeRouting({ service }, { owner }, done));
      return;
    }
    case 'observe-environment': {
      const { service, slot } = effect;
      const done = answer<Parameters<typeof environmentOutcome>[3]>((observation) =>
        environmentOutcome(options, service, slot, observation),
      );
      abortable(call, () => operations.observeEnvironment({ service, slot }, { owner }, done));
      return;
    }
    case 'route': {
      const { key: idempotencyKey, fence, target, expected, service } = effect;
      abortable(call, () =>
        operations.route({ service, target, expected }, { owner, idempotencyKey, fence }, answer(accepted)),
      );
      return;
    }
    case 'converge': {
      const { idempotencyKey, fence, target, service } = effect;
      const confirm = confirmTouch(options, service, target.slot, call);
      abortable(call, () =>
        operations.converge({ service, target }, { owner, idempotencyKey, fence, confirm }, answer(accepted)),
      );
      return;
    }
    case 'hook': {
      const { hook, attempt } = effect;
      const end = (): void => tell({ type: 'hook-settled', hook, attempt, failure: null });
      const timer = options.clock.setTimeout(end, hookLatencyMs);
      call.onAbort(() => options.clock.clearTimeout(timer));
      return;
    }
    case 'judge':
      if (effect.gate.kind === 'check') judgeCheck(options, effect, call, tell);
      else if (effect.gate.kind === 'webhook') answerWebhook(options, effect, call, tell);
      else judgeMetrics(options, effect, call, tell);
  }
}

function abortable(call: EffectCall, start: () => Abort): void {
  call.onAbort(start());
}

type Observed<T extends Outcome['type']> =
  Extract<Outcome, { readonly type: T }> extends { readonly observation: infer O } ? O : never;

function routingOutcome(
  options: WorldPerformerOptions,
  service: string,
  observation: Observed<'routing-observed'>,
): Outcome {
  return (
    newerOwner(options, options.routers[service]!, observation.fence) ?? {
      type: 'routing-observed',
      service,
      observation,
    }
  );
}

function environmentOutcome(
  options: WorldPerformerOptions,
  service: string,
  slot: 'blue' | 'green',
  observation: Observed<'environment-observed'>,
): Outcome {
  return (
    newerOwner(options, options.environments[service]!, observation.fence) ?? {
      type: 'environment-observed',
      service,
      slot,
      observation,
    }
  );
}

function newerOwner(
  { epochs }: WorldPerformerOptions,
  resource: string,
  fence: { readonly epoch: number } | undefined,
): Outcome | null {
  if (fence === undefined || fence.epoch <= (epochs[resource] ?? 0)) return null;
  return { type: 'fenced', message: `${resource} is written by epoch ${fence.epoch}` };
}

function confirmTouch(
  options: WorldPerformerOptions,
  service: string,
  slot: 'blue' | 'green',
  call: EffectCall,
): Confirm {
  return (done) => {
    const { operations, owner, epochs, routers } = options;
    abortable(call, () =>
      operations.observeRouting({ service }, { owner }, ({ error, value }) => {
        if (error !== null) return done(error);
        const isNewer = (value.fence?.epoch ?? 0) > (epochs[routers[service]!] ?? 0);
        if (isNewer) return done(contractFail('journal/lease-lost'));
        const reachable =
          mayReach(value.routing, slot) || (value.afterRestart !== undefined && mayReach(value.afterRestart, slot));
        done(reachable ? contractFail('adapter/slot-reachable', { detail: `${service} ${slot}` }) : null);
      }),
    );
  };
}

/** Whoever a webhook asks says yes at once. */
function answerWebhook({ clock }: WorldPerformerOptions, effect: JudgeEffect, call: EffectCall, tell: Tell): void {
  const { gate, attempt } = effect;
  const evidence = { summary: `${gate.name}: ${webhookSummary}` };
  const timer = clock.setTimeout(
    () => tell({ type: 'gate-judged', gate: gate.id, attempt, verdict: 'pass', evidence }),
    webhookLatencyMs,
  );
  call.onAbort(() => clock.clearTimeout(timer));
}

/** As `runCheck` does it: bounded tries, a pause between them, the first pass decides. */
function judgeCheck(options: WorldPerformerOptions, effect: JudgeEffect, call: EffectCall, tell: Tell): void {
  const { gate } = effect;
  if (gate.kind !== 'check') return;
  const finish = (pass: boolean, summary: string): void =>
    tell({
      type: 'gate-judged',
      gate: gate.id,
      attempt: effect.attempt,
      verdict: pass ? 'pass' : 'fail',
      evidence: { summary },
    });
  let isAborted = false;
  let pause: TimerHandle = null;
  call.onAbort(() => {
    isAborted = true;
    options.clock.clearTimeout(pause);
  });
  const attempt = (count: number): void => {
    tryCheck(options, effect, call, (pass, summary) => {
      if (pass || count >= gate.attempts || isAborted) return finish(pass, summary);
      pause = options.clock.setTimeout(() => attempt(count + 1), checkPauseMs);
    });
  };
  attempt(1);
}

function tryCheck(
  { operations, owner, clock }: WorldPerformerOptions,
  effect: JudgeEffect,
  call: EffectCall,
  said: (pass: boolean, summary: string) => void,
): void {
  const { gate } = effect;
  if (gate.kind !== 'check') return;
  let isOver = false;
  const aborts: Abort[] = [];
  const end = (pass: boolean, summary: string): void => {
    if (isOver) return;
    isOver = true;
    clock.clearTimeout(late);
    said(pass, summary);
  };
  const late = clock.setTimeout(() => {
    for (const abort of aborts) abort();
    end(false, `no answer within ${gate.timeoutMs} ms`);
  }, gate.timeoutMs);
  const names = Object.keys(effect.subjects);
  let missing = names.length;
  for (const service of names) {
    const slot = effect.subjects[service]!.candidate;
    abortable(call, () => {
      const abort = operations.check({ service, slot, name: gate.name }, { owner }, ({ error, value }) => {
        if (error !== null) return end(false, error.message.slice(0, 300));
        if (!value.passed) return end(false, value.summary);
        missing--;
        if (missing === 0) end(true, value.summary);
      });
      aborts.push(abort);
      return abort;
    });
  }
}

function judgeMetrics(options: WorldPerformerOptions, effect: JudgeEffect, call: EffectCall, tell: Tell): void {
  const { operations, owner, clock, memory } = options;
  const now = clock.now();
  const window = windowOf(effect, now, memory);
  const signals = signalsOf[effect.analysis!.kind];
  const readings: Record<string, ServiceReadings> = {};
  const names = Object.keys(effect.subjects);
  let missing = names.length * signals.length;
  let isOver = false;
  const answered =
    (service: string, metric: AnalysisSignal): Done<unknown> =>
    ({ error, value }) => {
      if (isOver) return;
      if (error !== null) {
        isOver = true;
        return tell(failedOutcome(effect, error));
      }
      readings[service] = { ...readings[service], [metric]: value };
      missing--;
      if (missing > 0) return;
      isOver = true;
      const said = judgeAnalysis(effect, readings, now, memory);
      tell({ type: 'gate-judged', gate: effect.gate.id, attempt: effect.attempt, ...said });
    };
  for (const service of names) {
    for (const metric of signals) {
      const done = answered(service, metric);
      abortable(call, () =>
        metric === 'latency'
          ? operations.readLatency({ service, window }, { owner }, done)
          : operations.readMetrics({ service, window, signal: metric }, { owner }, done),
      );
    }
  }
}
