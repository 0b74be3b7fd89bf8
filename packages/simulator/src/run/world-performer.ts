import { type Clock, fail as contractFail, type MetricReading, type MetricSignal, mayReach } from '@bluegreen/contract';
import {
  checkPauseMs,
  failedOutcome,
  type JudgeEffect,
  judgeAnalysis,
  type Outcome,
  type Performer,
  signalsOf,
  windowOf,
} from '@bluegreen/core/driving';
import type { Effect } from '@bluegreen/machine';
import type { Abort, Confirm, Done } from '../world/operation.js';
import type { Operations } from '../world/operations.js';

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
}

type Tell = (outcome: Outcome) => void;

/** Carries effects out in the simulated world, with callbacks: the twin of the performer that calls adapters. */
export function worldPerformer(options: WorldPerformerOptions): Performer {
  return { perform: (effect, signal, done) => perform(options, effect, signal, done) };
}

function perform(options: WorldPerformerOptions, effect: Effect, signal: AbortSignal, tell: Tell): void {
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
      abortable(signal, () => operations.observeRouting({ service }, { owner }, done));
      return;
    }
    case 'observe-environment': {
      const { service, slot } = effect;
      const done = answer<Parameters<typeof environmentOutcome>[3]>((observation) =>
        environmentOutcome(options, service, slot, observation),
      );
      abortable(signal, () => operations.observeEnvironment({ service, slot }, { owner }, done));
      return;
    }
    case 'route': {
      const { key: idempotencyKey, fence, target, expected, service } = effect;
      abortable(signal, () =>
        operations.route({ service, target, expected }, { owner, idempotencyKey, fence }, answer(accepted)),
      );
      return;
    }
    case 'converge': {
      const { idempotencyKey, fence, target, service } = effect;
      const confirm = confirmTouch(options, service, target.slot, signal);
      abortable(signal, () =>
        operations.converge({ service, target }, { owner, idempotencyKey, fence, confirm }, answer(accepted)),
      );
      return;
    }
    case 'judge':
      if (effect.gate.kind === 'check') judgeCheck(options, effect, signal, tell);
      else judgeMetrics(options, effect, signal, tell);
  }
}

function abortable(signal: AbortSignal, start: () => Abort): void {
  const abort = start();
  signal.addEventListener('abort', abort, { once: true });
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
  signal: AbortSignal,
): Confirm {
  return (done) => {
    const { operations, owner, epochs, routers } = options;
    abortable(signal, () =>
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

/** As `runCheck` does it: bounded tries, a pause between them, the first pass decides. */
function judgeCheck(options: WorldPerformerOptions, effect: JudgeEffect, signal: AbortSignal, tell: Tell): void {
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
  const attempt = (count: number): void => {
    tryCheck(options, effect, signal, (pass, summary) => {
      if (pass || count >= gate.attempts || signal.aborted) return finish(pass, summary);
      const timer = options.clock.setTimeout(() => attempt(count + 1), checkPauseMs);
      signal.addEventListener('abort', () => options.clock.clearTimeout(timer), { once: true });
    });
  };
  attempt(1);
}

function tryCheck(
  { operations, owner, clock }: WorldPerformerOptions,
  effect: JudgeEffect,
  signal: AbortSignal,
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
    abortable(signal, () => {
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

function judgeMetrics(options: WorldPerformerOptions, effect: JudgeEffect, signal: AbortSignal, tell: Tell): void {
  const { operations, owner, clock } = options;
  const now = clock.now();
  const window = windowOf(effect, now);
  const signals = signalsOf[effect.analysis!.kind];
  const readings: Record<string, Record<MetricSignal, MetricReading>> = {};
  const names = Object.keys(effect.subjects);
  let missing = names.length * signals.length;
  let isOver = false;
  for (const service of names) {
    for (const metric of signals) {
      abortable(signal, () =>
        operations.readMetrics({ service, window, signal: metric }, { owner }, ({ error, value }) => {
          if (isOver) return;
          if (error !== null) {
            isOver = true;
            return tell(failedOutcome(effect, error));
          }
          readings[service] = { ...(readings[service] as Record<MetricSignal, MetricReading>), [metric]: value };
          missing--;
          if (missing > 0) return;
          isOver = true;
          tell({
            type: 'gate-judged',
            gate: effect.gate.id,
            attempt: effect.attempt,
            ...judgeAnalysis(effect, readings, now),
          });
        }),
      );
    }
  }
}
