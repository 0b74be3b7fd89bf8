import { isReached, isRetired, isServiceSettled, mayTouch } from './conditions.js';
import { givenUp } from './failures.js';
import { confirmedFinding } from './findings.js';
import { lastPatience, slotGoal } from './goals.js';
import { failedHook } from './hooks.js';
import type { ReleaseState } from './state.js';
import { isTended } from './tending.js';
import { serviceNames, serviceOf } from './update.js';

/** What a service can't get past without a person. */
export interface DeadEnd {
  readonly code: string;
  readonly message: string;
}

/**
 * Why the release can't end by itself; `null` while some service still can. One service that is at its end keeps no
 * other from going back or from being retired: rolling back has no barrier (rule 10).
 */
export function deadEnd(state: ReleaseState, at: number): DeadEnd | null {
  if (state.phase !== 'rolling-back' && state.phase !== 'retiring') return null;
  const contract = state.phase === 'retiring' ? failedHook(state, 'contract') : null;
  if (contract !== null) {
    return { code: 'release/contract-failed', message: `migration ${contract.name}: ${contract.message}` };
  }
  let first: DeadEnd | null = null;
  for (const name of serviceNames(state)) {
    const end = deadEndOf(state, name, at);
    if (end === null && !isServiceOver(state, name, at)) return null;
    first ??= end;
  }
  return first;
}

/** What this service is stuck at in the present phase; `null` where it can go on, or has arrived. */
export function deadEndOf(state: ReleaseState, name: string, at: number): DeadEnd | null {
  if (state.phase !== 'rolling-back' && state.phase !== 'retiring') return null;
  const sick = state.phase === 'rolling-back' ? confirmedFinding(state, name, at) : null;
  if (sick !== null) return { code: sick.code, message: sick.message };
  const message = givenUp(state, name, at, lastPatience);
  if (message === null) return null;
  return { code: state.phase === 'retiring' ? 'release/retire-failed' : 'release/rollback-failed', message };
}

/** Nothing is left to do for this service in the present phase. */
export function isServiceOver(state: ReleaseState, name: string, at: number): boolean {
  if (!isReached(state, name, at) || !isServiceSettled(state, name)) return false;
  if (!isTended(state, name)) return false;
  return state.phase === 'retiring' ? isRetired(state, name) : isCandidateCleared(state, name, at);
}

/** The candidate of a rollback is as the policy wants it. */
function isCandidateCleared(state: ReleaseState, name: string, at: number): boolean {
  const { roles } = serviceOf(state, name);
  if (roles === null || slotGoal(state, name).retire === null) return true;
  return isRetired(state, name) && mayTouch(state, name, roles.candidate, at);
}
