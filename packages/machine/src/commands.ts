import type { ErrorCode } from '@bluegreen/contract';
import { approvalRefusal, grant } from './approvals.js';
import type { CommandFact } from './events.js';
import { gatesHere, isPassed, openAll } from './gates.js';
import { reviveHooks } from './hooks.js';
import { skip, skipRefusal } from './skips.js';
import type { ActivePhase, ReleaseState } from './state.js';
import { isFirstDeploy } from './steps.js';
import { eachService, serviceNames, serviceOf, withRouting, withService, withSlot } from './update.js';
import { answer, answerRefusal } from './webhook-answers.js';

/** Why a command can't be done now, as a code; `null` when it can. A refused command changes nothing. */
export function refusal(state: ReleaseState, command: CommandFact): ErrorCode | null {
  if (state.commands.includes(command.command)) return 'release/command-repeated';
  if (state.phase === 'promoted' || state.phase === 'rolled-back') return 'release/finished';
  switch (command.type) {
    case 'approval-granted':
      return approvalRefusal(state, command);
    case 'gate-skip-requested':
      return skipRefusal(state, command);
    case 'webhook-answered':
      return answerRefusal(state, command);
    case 'pause-requested':
      if (state.phase === 'rolling-back' || state.phase === 'stuck') return 'release/not-pausable';
      return state.paused === null ? null : 'release/paused-already';
    case 'resume-requested':
      // A stuck release is opened by a retry; what held it before holds it then again.
      return isHeld(state) && state.phase !== 'stuck' ? null : 'release/not-paused';
    case 'retry-requested':
      return state.phase === 'stuck' ? null : 'release/not-stuck';
    case 'rollback-requested':
      return rollbackRefusal(state);
    case 'retention-cut':
      return state.phase === 'retiring' ? null : 'release/not-retained';
  }
}

function rollbackRefusal(state: ReleaseState): ErrorCode | null {
  if (Object.values(state.hooks).some(({ moment }) => moment === 'contract')) return 'release/contract-begun';
  if (serviceNames(state).some((name) => serviceOf(state, name).teardownBegunAt !== null))
    return 'release/teardown-begun';
  if (state.phase === 'rolling-back') return 'release/rolling-back-already';
  if (isFirstDeploy(state) && state.phase !== 'preparing' && state.phase !== 'verifying')
    return 'release/nothing-to-return-to';
  return null;
}

/** Paused by a person, or held because somebody else changed the routing. */
function isHeld(state: ReleaseState): boolean {
  return state.paused !== null || serviceNames(state).some((name) => serviceOf(state, name).routing.drifted !== null);
}

/** Folds a command that is not refused. */
export function obey(state: ReleaseState, command: CommandFact): ReleaseState {
  const noted = { ...state, commands: [...state.commands, command.command] };
  const { by, reason, at } = command;
  switch (command.type) {
    case 'approval-granted':
      return grant(noted, command);
    case 'gate-skip-requested':
      return skip(noted, command);
    case 'webhook-answered':
      return answer(noted, command);
    case 'pause-requested':
      return { ...noted, paused: { by, reason, at } };
    case 'resume-requested':
      return resume(noted, at);
    case 'retry-requested':
      return retry(noted);
    case 'retention-cut':
      return { ...noted, retentionCut: true };
    case 'rollback-requested': {
      const code = command.abort ? ('person-aborted' as const) : ('person-asked' as const);
      const cause = { code, at, from: state.phase, message: `${by}: ${reason}`, by };
      return state.phase === 'stuck' ? { ...lookAfresh(noted), cause, reopenAt: 'rolling-back' } : { ...noted, cause };
    }
  }
}

/** Goes on, over whatever somebody else wrote meanwhile; gates that failed are asked again, as a new attempt. */
function resume(state: ReleaseState, at: number): ReleaseState {
  const accepted = eachService({ ...state, paused: null }, (each, name) => {
    const { drifted } = serviceOf(each, name).routing;
    if (drifted === null) return each;
    return withRouting(each, name, { drifted: null, suspect: null, legitimate: drifted.revision, attempts: 0 });
  });
  const failed = gatesHere(accepted).filter(({ id }) => {
    const gate = accepted.gates[id];
    return gate !== undefined && gate.closed !== null && !isPassed(gate);
  });
  return openAll(accepted, failed, at, Math.max(at, accepted.watch?.until ?? at));
}

/** Opens a stuck release again. */
function retry(state: ReleaseState): ReleaseState {
  const from = state.stuck!.from;
  const reopenAt: ActivePhase = from === 'rolling-back' || from === 'retiring' ? from : 'preparing';
  return { ...lookAfresh(state), reopenAt, cause: reopenAt === 'preparing' ? null : state.cause };
}

/** Nobody looked while it was stuck: what was seen then, and every attempt at it, is over. */
function lookAfresh(state: ReleaseState): ReleaseState {
  return eachService(reviveHooks(state, state.at), (each, name) => {
    const { slots, routing, roles } = serviceOf(each, name);
    // Where nobody knew who serves, or what served was nothing, the first read decides anew.
    const isOpen = roles === null || state.stuck?.code === 'release/active-empty';
    const forget = isOpen ? { seen: null, legitimate: null } : {};
    const anew = withService(each, name, { doubt: null, capacity: null, ...(isOpen ? { roles: null } : {}) });
    let next = withRouting(anew, name, {
      ...forget,
      fresh: false,
      generation: routing.generation + 1,
      unreadableSince: null,
    });
    for (const slot of ['blue', 'green'] as const) {
      const converge = slots[slot].converge?.status === 'accepted' ? slots[slot].converge : null;
      next = withSlot(next, name, slot, {
        converge,
        tend: null,
        fresh: false,
        generation: slots[slot].generation + 1,
        unfitSince: null,
      });
    }
    return next;
  });
}
