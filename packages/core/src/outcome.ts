import { fail, isBluegreenError, type Reaction } from '@bluegreen/contract';
import type { Effect, Fact } from '@bluegreen/machine';

type WithoutAt<F> = F extends unknown ? Omit<F, 'at'> : never;

/** How an effect ended: a fact that still lacks its instant, or word of a newer owner. */
export type Outcome = WithoutAt<Extract<Fact, { type: EffectFactType }>> | Fenced;

type EffectFactType =
  | 'effect-settled'
  | 'routing-observed'
  | 'environment-observed'
  | 'observation-failed'
  | 'gate-judged'
  | 'hook-settled';

/** A newer owner exists: this process decides nothing any more (S52). */
export interface Fenced {
  readonly type: 'fenced';
  readonly message: string;
}

/** The fact that an outcome is at an instant. Written out, because a spread of the two commonest costs more than their fold. */
export function factOf(outcome: Exclude<Outcome, Fenced>, at: number): Fact {
  switch (outcome.type) {
    case 'routing-observed':
      return { type: outcome.type, service: outcome.service, observation: outcome.observation, at };
    case 'environment-observed': {
      const { type, service, slot, observation } = outcome;
      return { type, service, slot, observation, at };
    }
    default:
      return { ...outcome, at };
  }
}

interface Failure {
  readonly code: string;
  readonly message: string;
  readonly reaction: Reaction;
  readonly retryAfterMs?: number;
}

/** The outcome of an effect that rejected. A plain error is `retry` from a read and `read-back` from a write. */
export function failedOutcome(effect: Effect, error: unknown): Outcome {
  const isWrite = effect.kind === 'route' || effect.kind === 'converge';
  const failure = readFailure(error, isWrite ? 'read-back' : 'retry');
  const { reaction, code, message } = failure;
  if (reaction === 'fenced') return { type: 'fenced', message };
  switch (effect.kind) {
    case 'route':
    case 'converge': {
      const after = failure.retryAfterMs === undefined ? {} : { retryAfterMs: failure.retryAfterMs };
      return {
        type: 'effect-settled',
        key: effect.key,
        result: { outcome: 'failed', reaction, code, message, ...after },
      };
    }
    case 'observe-routing':
      return { type: 'observation-failed', service: effect.service, slot: null, code, message, reaction };
    case 'observe-environment':
      return { type: 'observation-failed', service: effect.service, slot: effect.slot, code, message, reaction };
    case 'hook':
      return { type: 'hook-settled', hook: effect.hook, attempt: effect.attempt, failure: message.slice(0, 300) };
    case 'judge':
      return {
        type: 'gate-judged',
        gate: effect.gate.id,
        attempt: effect.attempt,
        verdict: 'error',
        evidence: { summary: message },
      };
  }
}

/** The outcome of an effect that was given up on: a write may still happen. */
export function abandonedOutcome(effect: Effect, message: string): Outcome {
  const reaction = isWrite(effect) ? 'read-back' : 'retry';
  return failedOutcome(effect, fail('adapter/no-answer', { detail: message, reaction }));
}

export function isWrite(effect: Effect): effect is Effect & { readonly kind: 'route' | 'converge' } {
  return effect.kind === 'route' || effect.kind === 'converge';
}

function readFailure(error: unknown, fallback: Reaction): Failure {
  if (isBluegreenError(error)) {
    const after = error.retryAfterMs === undefined ? {} : { retryAfterMs: error.retryAfterMs };
    return { code: error.code, message: error.message, reaction: error.reaction, ...after };
  }
  const message = error instanceof Error ? error.message : String(error);
  return { code: 'adapter/failed', message: message.slice(0, 500), reaction: fallback };
}
