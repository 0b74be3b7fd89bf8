import { backoffMs } from './backoff.js';
import { allReached, isRetired } from './conditions.js';
import type { Fact } from './events.js';
import type { HookMoment, HookState, ReleaseState } from './state.js';
import { currentStep } from './steps.js';
import { serviceNames, serviceOf } from './update.js';

type Settled = Extract<Fact, { readonly type: 'hook-settled' }>;

/** Notes the hooks whose moment has come. Each is run once per release, tried again until its attempts are used up. */
export function noteHooks(state: ReleaseState, at: number): ReleaseState {
  let next = state;
  for (const moment of moments) {
    const names = hooksOf(state, moment);
    if (names.length === 0 || !isMoment(state, moment, at)) continue;
    for (const name of names) next = noteHook(next, moment, name, at);
  }
  return next;
}

const moments: readonly HookMoment[] = ['expand', 'after-cutover', 'on-rollback', 'contract'];

/** The hooks that this release has for a moment, by name. */
export function hooksOf({ plan }: ReleaseState, moment: HookMoment): readonly string[] {
  const { hooks } = plan.policy;
  switch (moment) {
    case 'expand':
      return plan.migrations?.expand ?? [];
    case 'contract':
      return plan.migrations?.contract ?? [];
    case 'after-cutover':
      return hooks?.afterCutover ?? [];
    case 'on-rollback':
      return hooks?.onRollback ?? [];
  }
}

function isMoment(state: ReleaseState, moment: HookMoment, at: number): boolean {
  switch (moment) {
    case 'expand':
      // Not before it is known that the release can begin, and where it goes.
      return state.phase === 'preparing' && everyService(state, (name) => serviceOf(state, name).roles !== null);
    case 'after-cutover':
      return (
        (state.phase === 'shifting' && state.watch !== null && currentStep(state).percent === 100) ||
        state.phase === 'baking' ||
        state.phase === 'retiring'
      );
    case 'on-rollback':
      return state.phase === 'rolling-back' && allReached(state, at);
    case 'contract':
      return state.phase === 'retiring' && everyService(state, (name) => isTornDown(state, name));
  }
}

/** The old version is gone for good: nothing can go back to what a contract migration takes away. */
function isTornDown(state: ReleaseState, name: string): boolean {
  const { roles, teardownBegunAt } = serviceOf(state, name);
  if (roles === null || roles.active === null) return true;
  return teardownBegunAt !== null && isRetired(state, name);
}

function everyService(state: ReleaseState, is: (name: string) => boolean): boolean {
  return serviceNames(state).every(is);
}

function noteHook(state: ReleaseState, moment: HookMoment, name: string, at: number): ReleaseState {
  const key = `${moment}/${name}`;
  if (key in state.hooks) return state;
  const due: HookState = { moment, name, status: 'due', attempt: 1, notBefore: at, message: null };
  return { ...state, hooks: { ...state.hooks, [key]: due } };
}

/** Folds how one run of a hook ended; one of an earlier attempt is no news. */
export function noteHookSettled(state: ReleaseState, { hook: key, attempt, failure, at }: Settled): ReleaseState {
  const hook = state.hooks[key];
  if (hook === undefined || hook.status !== 'due' || hook.attempt !== attempt) return state;
  if (failure === null) return withHook(state, key, { ...hook, status: 'done', message: null });
  const isLast = attempt >= state.plan.policy.limits.attempts;
  return withHook(state, key, {
    ...hook,
    status: isLast ? 'failed' : 'due',
    attempt: isLast ? attempt : attempt + 1,
    notBefore: at + backoffMs(`${state.id}/${key}`, attempt),
    message: failure,
  });
}

function withHook(state: ReleaseState, key: string, hook: HookState): ReleaseState {
  return { ...state, hooks: { ...state.hooks, [key]: hook } };
}

/** Hooks that failed are tried again from the beginning when a person reopens the release. */
export function reviveHooks(state: ReleaseState, at: number): ReleaseState {
  const failed = Object.entries(state.hooks).filter(([, { status }]) => status === 'failed');
  return failed.reduce(
    (next, [key, hook]) => withHook(next, key, { ...hook, status: 'due', attempt: 1, notBefore: at }),
    state,
  );
}

/** Every hook of these moments, noted or not, that did not succeed yet. */
export function openHooks(state: ReleaseState, moment: HookMoment): readonly string[] {
  return hooksOf(state, moment).filter((name) => state.hooks[`${moment}/${name}`]?.status !== 'done');
}

/** A hook that failed for good; `null` where none did. */
export function failedHook(state: ReleaseState, moment: HookMoment): HookState | null {
  for (const hook of Object.values(state.hooks)) if (hook.moment === moment && hook.status === 'failed') return hook;
  return null;
}

/** Nothing is left to run. What failed for good keeps no release from ending. */
export function hooksOver(state: ReleaseState): boolean {
  return Object.values(state.hooks).every(({ status }) => status !== 'due');
}
