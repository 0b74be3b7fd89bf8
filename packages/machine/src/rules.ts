import {
  allReached,
  isDeployed,
  isReached,
  isRetired,
  mayMove,
  nothingUnresolved,
  retentionOver,
} from './conditions.js';
import { deadEnd, isServiceOver } from './dead-ends.js';
import { lookBeforeReturn } from './doubt.js';
import { confirmedFinding } from './findings.js';
import { allPassed, closeAll, gatesHere, guardrailsHere, guardrailsSee, openAll } from './gates.js';
import { hooksOver, openHooks } from './hooks.js';
import { isAlike } from './parity.js';
import type { ActivePhase, ReleaseState } from './state.js';
import { currentStep, isFirstDeploy, isMirrored, stepsOf } from './steps.js';
import { isTended } from './tending.js';
import { eachService, serviceNames, serviceOf, withRouting, withService } from './update.js';

/** The guards of the machine, by the names that its definition uses. */
export const guards = {
  hasCause: (state: ReleaseState): boolean => state.cause !== null,
  cannotReturn: (state: ReleaseState): boolean => state.cause !== null && isFirstDeploy(state) && touchedRouting(state),
  hasNoStart: (state: ReleaseState, at: number): boolean => startProblem(state, at) !== null,
  isPrepared: (state: ReleaseState, at: number): boolean =>
    mayMove(state) &&
    serviceNames(state).every((name) => isReached(state, name, at) && isDeployed(state, name) && isAlike(state, name)),
  mayOpenVerify: (state: ReleaseState, at: number): boolean =>
    state.watch === null && mayMove(state) && allReached(state, at),
  isVerified: (state: ReleaseState, at: number): boolean =>
    state.watch !== null && mayMove(state) && allReached(state, at) && allPassed(state, gatesHere(state)),
  isStepReached: (state: ReleaseState, at: number): boolean =>
    state.watch === null && mayMove(state) && allReached(state, at),
  isStepDone: (state: ReleaseState, at: number): boolean =>
    isWatchDone(state, at) && state.step < stepsOf(state).length - 1,
  isShiftDone: (state: ReleaseState, at: number): boolean => isWatchDone(state, at),
  isBakeDone: (state: ReleaseState, at: number): boolean => isWatchDone(state, at),
  isRetiredAll: (state: ReleaseState, at: number): boolean =>
    allReached(state, at) &&
    nothingUnresolved(state) &&
    retentionOver(state, at) &&
    hooksOver(state) &&
    openHooks(state, 'contract').length === 0 &&
    serviceNames(state).every((name) => isRetired(state, name) && isTended(state, name)),
  isReturned: (state: ReleaseState, at: number): boolean =>
    hooksOver(state) && serviceNames(state).every((name) => isServiceOver(state, name, at)),
  isDeadEnd: (state: ReleaseState, at: number): boolean => deadEnd(state, at) !== null,
  isReopenedForward: (state: ReleaseState): boolean => state.reopenAt === 'preparing',
  isReopenedBack: (state: ReleaseState): boolean => state.reopenAt === 'rolling-back',
  isReopenedRetiring: (state: ReleaseState): boolean => state.reopenAt === 'retiring',
};

/** The actions of the machine: what entering a phase or a step means. */
export const actions = {
  toStuck: (state: ReleaseState, at: number): ReleaseState => {
    const stuck = { ...stuckReason(state, at), from: state.phase as ActivePhase };
    return { ...leave(eachService(state, (each, name) => endService(each, name, at))), stuck };
  },
  beginRollback: (state: ReleaseState, at: number): ReleaseState =>
    lookBeforeReturn(overrideDrift(freshAttempts(leave(state))), 'rolling-back', at),
  beginVerify: (state: ReleaseState): ReleaseState => freshAttempts(leave(state)),
  openVerify: (state: ReleaseState, at: number): ReleaseState =>
    openAll({ ...state, watch: watching(at, 0) }, state.plan.policy.verify.gates, at, at),
  beginShift: (state: ReleaseState, at: number): ReleaseState => {
    const left = freshAttempts(leave(state));
    return openGuardrails({ ...left, step: 0, raised: null }, at);
  },
  openStep: (state: ReleaseState, at: number): ReleaseState => {
    const { holdMs, gates } = currentStep(state);
    const exposedAt = isMirrored(state) ? state.exposedAt : (state.exposedAt ?? at);
    return openAll({ ...state, exposedAt, watch: watching(at, holdMs) }, gates, at, at + holdMs);
  },
  nextStep: (state: ReleaseState, at: number): ReleaseState => {
    const closed = closeAll(state, gatesHere(state));
    const next = freshAttempts({ ...closed, watch: null, step: state.step + 1, raised: null });
    return isMirrored(state) ? openGuardrails(next, at) : next;
  },
  beginBake: (state: ReleaseState, at: number): ReleaseState => {
    const { forMs, gates } = state.plan.policy.bake;
    const left = { ...closeAll(state, gatesHere(state)), raised: null, watch: watching(at, forMs) };
    return openAll(left, gates, at, at + forMs);
  },
  promote: (state: ReleaseState, at: number): ReleaseState => {
    const left = freshAttempts(leave(state));
    const promoted = withOutcome({ ...left, promotedAt: at }, 'promoted');
    return eachService(promoted, (each, name) => withService(each, name, { retainedSince: at }));
  },
  reopen: (state: ReleaseState, at: number): ReleaseState => {
    // A person was awaited all the time, and starts it anew.
    const total = { until: at + state.plan.policy.limits.totalMs, stoppedSince: null };
    const open = eachService(state, (each, name) =>
      serviceOf(each, name).outcome === 'promoted' ? each : withService(each, name, { outcome: null }),
    );
    const opened = freshAttempts({ ...open, stuck: null, reopenAt: null, step: 0, exposedAt: null, total });
    return state.reopenAt === 'rolling-back' ? lookBeforeReturn(opened, 'rolling-back', at) : opened;
  },
  finishPromoted: (state: ReleaseState): ReleaseState => leave(state),
  finishRolledBack: (state: ReleaseState): ReleaseState => withOutcome(leave(state), 'rolled-back'),
};

/** From the step that sends the first users: what was copied before is no evidence about them. */
function openGuardrails(state: ReleaseState, at: number): ReleaseState {
  if (stepsOf(state)[state.step]!.mirrorPercent !== undefined) return state;
  return openAll(state, state.plan.policy.guardrails, at, Number.MAX_SAFE_INTEGER / 2);
}

function watching(at: number, forMs: number): NonNullable<ReleaseState['watch']> {
  return { since: at, until: at + forMs, lostAt: null };
}

/** Closes everything that was being judged. */
function leave(state: ReleaseState): ReleaseState {
  return { ...closeAll(state, [...gatesHere(state), ...guardrailsHere(state)]), watch: null, raised: null };
}

/** Attempts and patience are counted per goal: a new one starts at none. */
function freshAttempts(state: ReleaseState): ReleaseState {
  const fresh = { attempts: 0, failure: null, notBefore: 0, unreadableSince: null };
  return eachService(state, (each, name) => withRouting(each, name, fresh));
}

/** A rollback that was asked for goes over whatever is there now, with the revision just read (rule 1). */
function overrideDrift(state: ReleaseState): ReleaseState {
  return eachService({ ...state, paused: null }, (each, name) => {
    const { drifted, seen } = serviceOf(each, name).routing;
    if (drifted === null || seen === null || seen.foreign !== null) return each;
    return withRouting(each, name, { drifted: null, suspect: null, legitimate: seen.revision });
  });
}

function withOutcome(state: ReleaseState, outcome: 'promoted' | 'rolled-back'): ReleaseState {
  return eachService(state, (each, name) => withService(each, name, { outcome }));
}

/** A service that arrived where the release could not keeps its own outcome. */
function endService(state: ReleaseState, name: string, at: number): ReleaseState {
  if (state.phase === 'retiring') return state;
  const isBack = state.phase === 'rolling-back' && isServiceOver(state, name, at);
  return withService(state, name, { outcome: isBack ? 'rolled-back' : 'stuck' });
}

/** The hold is over, routing and candidate are in place, every gate passed and no guardrail is blind. */
function isWatchDone(state: ReleaseState, at: number): boolean {
  const { watch } = state;
  if (watch === null || watch.lostAt !== null || at < watch.until || !mayMove(state)) return false;
  const isSound =
    allReached(state, at) && serviceNames(state).every((name) => isDeployed(state, name) && isTended(state, name));
  return isSound && allPassed(state, gatesHere(state)) && guardrailsSee(state);
}

function touchedRouting(state: ReleaseState): boolean {
  return serviceNames(state).some((name) => {
    const { routing } = serviceOf(state, name);
    return routing.settled !== null || routing.writes.length > 0;
  });
}

/** Rule 9: where the release can't begin, because nobody can say who serves now. */
function startProblem(state: ReleaseState, at: number): { readonly code: string; readonly message: string } | null {
  const mixed = mixedFirst(state);
  if (mixed !== null) return { code: 'release/first-deploy-mixed', message: mixed };
  for (const name of serviceNames(state)) {
    const found = confirmedFinding(state, name, at);
    if (found !== null) return found;
  }
  return null;
}

/** What has nothing to go back to can't be undone together with what has. */
function mixedFirst(state: ReleaseState): string | null {
  const known = serviceNames(state).filter((name) => serviceOf(state, name).roles !== null);
  const first = known.filter((name) => serviceOf(state, name).roles!.active === null);
  if (first.length === 0 || first.length === known.length) return null;
  const serving = known.filter((name) => !first.includes(name)).join(', ');
  return `never deployed: ${first.join(', ')}; serving already: ${serving}`;
}

function stuckReason(state: ReleaseState, at: number): { readonly code: string; readonly message: string } {
  const problem = state.phase === 'preparing' ? startProblem(state, at) : deadEnd(state, at);
  if (problem !== null) return { code: problem.code, message: problem.message };
  const why = state.cause?.message ?? 'unknown';
  return { code: 'release/first-deploy-failed', message: `there is nothing to go back to, although ${why}` };
}
