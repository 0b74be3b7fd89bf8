import { fail } from '@bluegreen/contract';
import type { HookEffect, HookMoment, JudgedService } from '@bluegreen/machine';

/** What a hook is given. */
export interface HookContext {
  readonly releaseId: string;
  /** The same for every attempt of this hook in this release, also after a crash: do the work once per key. */
  readonly key: string;
  readonly moment: HookMoment;
  /** 1 for the first try. */
  readonly attempt: number;
  readonly services: Readonly<Record<string, JudgedService>>;
  /** Aborts when its time is over or this process stops driving the release. */
  readonly signal: AbortSignal;
}

/**
 * User code that does something when a release gets somewhere. It is run at least once and must be idempotent by `key`.
 * Throwing means that it failed; it is then tried again until `limits.attempts`. No shift and no rollback waits for it.
 */
export type Hook = (context: HookContext) => Promise<void> | void;

/** How one run ended: `null` is well. */
export async function runHook(
  hooks: Readonly<Record<string, Hook>>,
  releaseId: string,
  effect: HookEffect,
  signal: AbortSignal,
): Promise<string | null> {
  const { name, moment, attempt, idempotencyKey: key, subjects: services } = effect;
  const hook = hooks[name];
  if (hook === undefined) return fail('release/hook-missing', { detail: name }).message;
  try {
    await hook({ releaseId, key, moment, attempt, services, signal });
    return null;
  } catch (error) {
    return (error instanceof Error ? error.message : String(error)).slice(0, 300) || 'it failed without a message';
  }
}
