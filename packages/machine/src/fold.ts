import { type Slot, soleSlot } from '@bluegreen/contract';
import { noteCapacity } from './capacity.js';
import { catchUp } from './clockwork.js';
import { obey, refusal } from './commands.js';
import { isKnownEmpty } from './conditions.js';
import { leaveUnanswered, lookBeforeReturn, noteDoubt } from './doubt.js';
import { believeEnvironment } from './environment-belief.js';
import type { Fact } from './events.js';
import { findCause } from './failures.js';
import { gatesHere, noteVerdict } from './gates.js';
import { noteGoal } from './goals.js';
import { noteHookSettled, noteHooks } from './hooks.js';
import { takeOver } from './ownership.js';
import { noteRaise } from './raise.js';
import { noteRetained } from './retention.js';
import { believeRouting } from './routing-belief.js';
import type { GateState, ReleaseState } from './state.js';
import { noteUncounted } from './uncounted-time.js';
import { eachService, serviceOf, withRouting, withService, withSlot } from './update.js';
import { noteSettled, noteStarted } from './writes.js';

/**
 * Folds one fact into the data of the state, everything but the phase. Total: a fact that says nothing new, or that
 * can't be, gives back `state` itself.
 */
export function fold(state: ReleaseState, fact: Fact): ReleaseState {
  const folded = applyFact(state, fact);
  return drawConsequences(folded, fact.at);
}

/** What follows from the data alone; the phase machine calls it again after every change of phase. */
export function drawConsequences(state: ReleaseState, at: number): ReleaseState {
  const known = eachService(noteRaise(eachService(state, findRoles), at), noteGoal);
  const sized = eachService(eachService(known, noteReplaced), noteCapacity);
  const doubted = eachService(sized, (each, name) => noteDoubt(each, name, at));
  const current = catchUp(
    eachService(doubted, (each, name) => noteRetained(each, name, at)),
    at,
  );
  return noteUncounted(pauseOnFailure(noteCause(noteHooks(current, at), at), at), at);
}

/** What the fact itself says; `state` itself when that is nothing new. */
export function applyFact(state: ReleaseState, fact: Fact): ReleaseState {
  switch (fact.type) {
    case 'release-requested':
    case 'time-passed':
      return state;
    case 'orchestrator-resumed':
      return takeOver(state, fact);
    case 'effect-started':
      return fact.write.service in state.services ? noteStarted(state, fact.key, fact.write, fact.at) : state;
    case 'effect-settled':
      return noteSettled(state, fact);
    case 'routing-observed':
      return fact.service in state.services ? lookAgain(state, believeRouting(state, fact), fact) : state;
    case 'environment-observed':
      return fact.service in state.services ? believeEnvironment(state, fact) : state;
    case 'observation-failed':
      return fact.service in state.services ? noteUnreadable(state, fact.service, fact.slot, fact.at) : state;
    case 'hook-settled':
      return noteHookSettled(state, fact);
    case 'gate-judged':
      return noteVerdict(state, fact);
    default:
      return refusal(state, fact) === null ? obey(state, fact) : state;
  }
}

/** S14: while the router could not be read nobody came back, and the slot that gets them may have died meanwhile. */
function lookAgain(
  before: ReleaseState,
  after: ReleaseState,
  { service, at }: Extract<Fact, { readonly type: 'routing-observed' }>,
): ReleaseState {
  if (after.phase !== 'rolling-back' || serviceOf(before, service).routing.unreadableSince === null) return after;
  return serviceOf(after, service).routing.unreadableSince === null ? lookBeforeReturn(after, after.phase, at) : after;
}

function noteUnreadable(state: ReleaseState, service: string, slot: Slot | null, at: number): ReleaseState {
  const { routing, slots } = serviceOf(state, service);
  if (slot === null) {
    return routing.unreadableSince === null ? withRouting(state, service, { unreadableSince: at }) : state;
  }
  const left = leaveUnanswered(state, service, slot);
  const { unfitSince, fresh } = slots[slot];
  return unfitSince === null || fresh
    ? withSlot(left, service, slot, { unfitSince: unfitSince ?? at, fresh: false })
    : left;
}

/** The active slot is read from routing (S35); only where nothing is routed and nothing runs it is a first deploy. */
function findRoles(state: ReleaseState, name: string): ReleaseState {
  const { roles, routing, slots } = serviceOf(state, name);
  const { seen, fresh } = routing;
  if (roles !== null || seen === null || seen.foreign !== null || !fresh) return state;
  if (seen.target !== null) {
    const active = soleSlot(seen.target);
    if (active === null) return state;
    return withService(state, name, { roles: { active, candidate: active === 'blue' ? 'green' : 'blue' } });
  }
  return isKnownEmpty(slots.blue) && isKnownEmpty(slots.green)
    ? withService(state, name, { roles: { active: null, candidate: 'blue' } })
    : state;
}

/** What runs in the active slot when it is first read: the version that a later release may want to go back to. */
function noteReplaced(state: ReleaseState, name: string): ReleaseState {
  const { roles, slots, replaces } = serviceOf(state, name);
  const version = roles === null || roles.active === null ? null : (slots[roles.active].seen?.version ?? null);
  return replaces !== null || version === null ? state : withService(state, name, { replaces: version });
}

function noteCause(state: ReleaseState, at: number): ReleaseState {
  if (state.cause !== null || !isForward(state)) return state;
  const cause = findCause(state, at);
  return cause === null ? state : { ...state, cause };
}

function isForward({ phase }: ReleaseState): boolean {
  return phase === 'preparing' || phase === 'verifying' || phase === 'shifting' || phase === 'baking';
}

/** A gate whose failure shall only pause: closes it and waits for a person. */
function pauseOnFailure(state: ReleaseState, at: number): ReleaseState {
  let next = state;
  for (const gate of gatesHere(state)) {
    const judged = state.gates[gate.id];
    if (gate.onFailure !== 'pause' || gate.dryRun || judged === undefined) continue;
    if (judged.closed === 'skipped') continue;
    if (judged.closed === 'cancelled' || (judged.closed === 'settled' && gate.kind !== 'approval')) continue;
    const isFailed = judged.verdict === 'fail';
    const isUndecided = judged.verdict !== 'pass' && at >= judged.dueAt && state.heldSince === null;
    if (!isFailed && !isUndecided) continue;
    if (state.paused !== null && judged.closed !== null) continue;
    const closed: GateState = { ...judged, closed: isFailed ? 'settled' : 'cancelled' };
    const reason = `${gate.name}: ${judged.evidence?.summary ?? 'could not decide in time'}`;
    const paused = next.paused ?? { by: 'policy', reason, at };
    next = { ...next, gates: { ...next.gates, [gate.id]: closed }, paused };
  }
  return next;
}
