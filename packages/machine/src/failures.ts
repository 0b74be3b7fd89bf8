import { printDuration } from '@bluegreen/contract';
import { isOutgrown } from './capacity.js';
import { candidateServes, isDeployed, isFit, isReached, isRetired } from './conditions.js';
import { confirmedFinding } from './findings.js';
import { gatesHere, guardrailsHere } from './gates.js';
import { slotGoal, trafficGoal } from './goals.js';
import { failedHook } from './hooks.js';
import { specsDiffer } from './parity.js';
import type { ReleaseState, RollbackCause } from './state.js';
import { isTendedSlot } from './tending.js';
import { serviceNames, serviceOf } from './update.js';

type Cause = Omit<RollbackCause, 'at' | 'from'>;

/** Why this release must go back now, or `null`. Looked at in every phase before teardown begins. */
export function findCause(state: ReleaseState, at: number): RollbackCause | null {
  const cause =
    guardrailCause(state) ??
    (anyDriftFreeze(state)
      ? null
      : (parityCause(state) ??
        migrationCause(state) ??
        gateCause(state, at) ??
        unfitCause(state, at) ??
        writeCause(state, at) ??
        limitCause(state, at)));
  return cause === null ? null : { ...cause, at, from: state.phase };
}

/** While somebody else is changing the routing only a guardrail goes back, and only when users meet the candidate. */
function anyDriftFreeze(state: ReleaseState): boolean {
  return serviceNames(state).some((name) => serviceOf(state, name).routing.drifted !== null);
}

function guardrailCause(state: ReleaseState): Cause | null {
  if (!candidateServes(state)) return null;
  for (const gate of guardrailsHere(state)) {
    const judged = state.gates[gate.id];
    if (gate.dryRun || judged?.verdict !== 'fail') continue;
    const evidence = judged.evidence ?? { summary: 'failed' };
    return {
      code: 'guardrail-failed',
      gate: gate.id,
      message: `guardrail ${gate.name}: ${evidence.summary}`,
      evidence,
    };
  }
  return null;
}

function gateCause(state: ReleaseState, at: number): Cause | null {
  for (const gate of gatesHere(state)) {
    const judged = state.gates[gate.id];
    if (gate.dryRun || gate.onFailure === 'pause' || judged === undefined) continue;
    if (judged.closed === 'cancelled' || judged.closed === 'skipped') continue;
    const evidence = judged.evidence ?? { summary: 'no verdict' };
    if (judged.verdict === 'fail') {
      const code = gate.kind === 'approval' ? 'approval-expired' : 'gate-failed';
      return { code, gate: gate.id, message: `${gate.name}: ${evidence.summary}`, evidence };
    }
    if (judged.verdict !== 'pass' && judged.closed === null && at >= judged.dueAt && state.heldSince === null) {
      const message = `${gate.name} could not decide in time: ${evidence.summary}`;
      return { code: 'gate-undecided', gate: gate.id, message, evidence };
    }
  }
  return null;
}

/** The candidate died or shrank under users: at once when nothing is left, after `limits.settle` when some is. */
function unfitCause(state: ReleaseState, at: number): Cause | null {
  if (state.phase !== 'verifying' && state.phase !== 'shifting' && state.phase !== 'baking') return null;
  const { limits, prepare } = state.plan.policy;
  const { settleMs } = limits;
  for (const name of serviceNames(state)) {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null) continue;
    const dead = confirmedFinding(state, name, at);
    if (dead !== null) return { code: 'candidate-unfit', service: name, message: dead.message };
    const { seen, unfitSince, fresh } = slots[roles.candidate];
    // What the active slot grew by has to boot, as the first instances had to.
    const patienceMs = isOutgrown(state, name) ? Math.max(settleMs, prepare.readyWithinMs) : settleMs;
    if (unfitSince === null || at < unfitSince + patienceMs) continue;
    const why = fresh ? (seen?.whyNotReady ?? `${seen?.ready ?? 0} instances ready`) : 'it could not be read';
    return { code: 'candidate-unfit', service: name, message: `${roles.candidate} of ${name} can't serve: ${why}` };
  }
  return null;
}

function writeCause(state: ReleaseState, at: number): Cause | null {
  for (const name of serviceNames(state)) {
    const message = givenUp(state, name, at, 1);
    if (message !== null) return { code: 'write-failed', service: name, message };
  }
  return null;
}

/** What can't be done to this service any more, in words; `null` while there is a next attempt. */
export function givenUp(state: ReleaseState, name: string, at: number, patience: number): string | null {
  const { routing, slots, roles } = serviceOf(state, name);
  const { limits } = state.plan.policy;
  const [attempts, settleMs] = [limits.attempts * patience, limits.settleMs * patience];
  if (routing.failure?.permanent === true) return `${name}: ${routing.failure.message}`;
  if (routing.unreadableSince !== null && at >= routing.unreadableSince + settleMs) {
    return `${name}: the router can't be read for ${printDuration(at - routing.unreadableSince)}`;
  }
  const isWaiting = routing.writes.some(({ status }) => status === 'running' || status === 'accepted');
  if (
    routing.attempts >= attempts &&
    !isWaiting &&
    trafficGoal(state, name) !== null &&
    !isShownOrUnread(state, name)
  ) {
    return `${name}: the routing was not reached in ${routing.attempts} attempts${because(routing.failure)}`;
  }
  const untended = untendable(state, name, at, attempts);
  if (untended !== null) return untended;
  const { deploy, retire } = slotGoal(state, name);
  const slot = deploy ?? retire;
  const converge = slot === null ? null : slots[slot].converge;
  if (slot === null || converge === null || roles === null) return null;
  const isThisGoal = converge.goal === (deploy === null ? 'retire' : 'deploy');
  if (!isThisGoal || converge.status === 'running' || converge.status === 'accepted' || !slots[slot].fresh) return null;
  if (deploy === null ? isRetired(state, name) : isFit(state, name, slot)) return null;
  if (converge.failure?.permanent === true || converge.attempt >= attempts) {
    return `${name}: ${slot} could not be ${converge.goal === 'deploy' ? 'deployed' : 'retired'}${because(converge.failure)}`;
  }
  return null;
}

/** The autoscaler or the workers of a slot can't be set any more. */
function untendable(state: ReleaseState, name: string, at: number, attempts: number): string | null {
  const { slots } = serviceOf(state, name);
  const { settleMs } = state.plan.policy.limits;
  for (const slot of ['blue', 'green'] as const) {
    const { tend, fresh } = slots[slot];
    if (tend === null || !fresh || tend.status === 'running' || isTendedSlot(state, name, slot)) continue;
    const isAwaited = tend.status === 'accepted' && at < tend.since + settleMs;
    const isOver = tend.failure?.permanent === true || (tend.attempt >= attempts && !isAwaited);
    if (isOver) return `${name}: the autoscaler and the workers of ${slot} could not be set${because(tend.failure)}`;
  }
  return null;
}

/** A write whose effect was not read yet is not a failure yet. */
function isShownOrUnread(state: ReleaseState, name: string): boolean {
  const { routing } = serviceOf(state, name);
  return routing.shownAt !== null || !routing.fresh;
}

function because(failure: { readonly code: string; readonly message: string } | null): string {
  return failure === null ? '' : `: ${failure.message}`;
}

/** The candidate runs, and is not made as the slot that it takes the place of. */
function parityCause(state: ReleaseState): Cause | null {
  if (state.phase !== 'preparing') return null;
  for (const name of serviceNames(state)) {
    const message = isDeployed(state, name) ? specsDiffer(state, name) : null;
    if (message !== null) return { code: 'specs-differ', service: name, message };
  }
  return null;
}

/** What the new version needs could not be made: nothing has moved yet. */
function migrationCause(state: ReleaseState): Cause | null {
  const expand = state.phase === 'preparing' ? failedHook(state, 'expand') : null;
  return expand === null ? null : { code: 'migration-failed', message: `migration ${expand.name}: ${expand.message}` };
}

function limitCause(state: ReleaseState, at: number): Cause | null {
  const { limits, prepare } = state.plan.policy;
  if (state.phase === 'preparing' && state.heldSince === null && at >= state.phaseSince + prepare.readyWithinMs) {
    return { code: 'never-ready', message: neverReady(state, at) };
  }
  const isForward = state.phase !== 'retiring' && state.total.stoppedSince === null;
  if (isForward && at >= state.total.until) {
    return { code: 'total-exceeded', message: `the release took longer than its ${printDuration(limits.totalMs)}` };
  }
  return null;
}

function neverReady(state: ReleaseState, at: number): string {
  const waited = printDuration(at - state.phaseSince);
  for (const name of serviceNames(state)) {
    const { roles, slots } = serviceOf(state, name);
    if (roles === null) return `the routing of ${name} was not known within ${waited}`;
    const { seen } = slots[roles.candidate];
    const why = seen === null ? 'it was never read' : (seen.whyNotReady ?? `${seen.ready} of ${seen.desired} ready`);
    if (!isReached(state, name, at)) return `the routing of ${name} could not be taken over within ${waited}`;
    if (slots[roles.candidate].unfitSince !== null || seen === null) {
      return `${roles.candidate} of ${name} was not ready within ${waited}: ${why}`;
    }
  }
  return `the candidate was not ready within ${waited}`;
}
