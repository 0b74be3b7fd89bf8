import { compareFences, type Slot, sameTarget } from '@bluegreen/contract';
import { neededInstances, retainUntil, slotGoal, tearsDown, trafficGoal } from './goals.js';
import type { ConvergeState, ReleaseState, SlotState } from './state.js';
import { plannedOf, serviceNames, serviceOf } from './update.js';

/** The last read shows the whole goal, written by this owner, after every other write of ours (rules 3 and 5). */
export function isShown(state: ReleaseState, name: string): boolean {
  const { routing } = serviceOf(state, name);
  const goal = trafficGoal(state, name);
  const { seen } = routing;
  if (goal === null || seen === null || seen.target === null || !routing.fresh) return false;
  if (routing.drifted !== null || routing.suspect !== null || !sameTarget(seen.target, goal)) return false;
  const { capabilities, resource } = plannedOf(state, name).traffic;
  if (capabilities.fencing === 'none') return true;
  const { fence } = seen;
  return (
    fence !== null &&
    fence.epoch === state.fences[resource]?.epoch &&
    routing.writes.every((write) => compareFences(write.fence, fence) <= 0)
  );
}

/** From when on a shown goal counts: every router uses it, and no earlier owner can overwrite it unseen. */
export function reachedFrom(state: ReleaseState, name: string): number | null {
  const { routing } = serviceOf(state, name);
  const { fencing, propagationMs, lateWriteMs } = plannedOf(state, name).traffic.capabilities;
  if (routing.shownAt === null) return null;
  const live = routing.shownAt + (routing.seen?.proven === true ? 0 : propagationMs);
  return fencing === 'none' ? Math.max(live, state.ownedSince + lateWriteMs) : live;
}

/** Rule 5: reached means all of it, live on every router. A service without a goal has nothing to reach. */
export function isReached(state: ReleaseState, name: string, at: number): boolean {
  if (trafficGoal(state, name) === null) return true;
  const from = reachedFrom(state, name);
  // While only old reads come, the router may really have gone back.
  return from !== null && at >= from && serviceOf(state, name).routing.staleSince === null;
}

export function allReached(state: ReleaseState, at: number): boolean {
  return serviceNames(state).every((name) => isReached(state, name, at));
}

/** Rule 2: no write of ours may still land, neither on a router nor on a slot. */
export function nothingUnresolved(state: ReleaseState): boolean {
  return serviceNames(state).every((name) => isServiceSettled(state, name));
}

/** Rule 2 for one service. */
export function isServiceSettled(state: ReleaseState, name: string): boolean {
  const { routing, slots } = serviceOf(state, name);
  return routing.writes.length === 0 && !mayStillLand(slots.blue) && !mayStillLand(slots.green);
}

function mayStillLand({ converge, tend }: SlotState): boolean {
  return [converge, tend].some((write) => write?.status === 'running' || write?.status === 'unknown');
}

/**
 * Rule 6: from when on the slot may be deployed over, shrunk or retired, `null` while it is not known: nothing points
 * at it, now or after a restart of the router, no write of ours may still land, and its last request is over.
 */
export function touchableFrom(state: ReleaseState, name: string, slot: Slot): number | null {
  const { routing, slots } = serviceOf(state, name);
  const { seen } = routing;
  if (seen === null || seen.foreign !== null || routing.drifted !== null || !routing.fresh) return null;
  // While reads disagree, what the router does is not known.
  if (routing.suspect !== null || routing.staleSince !== null) return null;
  if (seen.reachable[slot] || routing.writes.length > 0) return null;
  const reached = trafficGoal(state, name) === null ? 0 : reachedFrom(state, name);
  if (reached === null) return null;
  if (slots[slot].seen?.version === null) return reached;
  const { drainedAt } = routing;
  return drainedAt[slot] === null || slots[slot].seen?.drained === false ? null : Math.max(reached, drainedAt[slot]!);
}

export function mayTouch(state: ReleaseState, name: string, slot: Slot, at: number): boolean {
  const from = touchableFrom(state, name, slot);
  return from !== null && at >= from;
}

/** The slot runs this release with enough ready instances, as far as anybody can see. */
export function isFit(state: ReleaseState, name: string, slot: Slot): boolean {
  const service = serviceOf(state, name);
  const { seen, converge, fresh } = service.slots[slot];
  if (seen === null || seen.version === null || !fresh) return false;
  const isCandidate = service.roles?.candidate === slot;
  if (isCandidate && !runsRelease(state, name, seen, converge)) return false;
  const needed = isCandidate ? neededInstances(state, name) : 1;
  return seen.ready >= needed && service.routing.seen?.healthy[slot] !== false;
}

export function runsRelease(
  state: ReleaseState,
  name: string,
  seen: { readonly version: string | null; readonly releaseId: string | null },
  converge: ConvergeState | null,
): boolean {
  if (seen.releaseId !== null) return seen.releaseId === state.id;
  // The environment can't tell releases apart: its version counts once our own deployment was accepted.
  const isAccepted = converge?.status === 'accepted' || converge?.goal === 'grow';
  return seen.version === plannedOf(state, name).version && isAccepted;
}

/** Nothing runs in the slot, as this owner saw itself. */
export function isKnownEmpty({ seen, fresh }: SlotState): boolean {
  return fresh && seen?.version === null;
}

/** The candidate is deployed and ready. */
export function isDeployed(state: ReleaseState, name: string): boolean {
  const { roles } = serviceOf(state, name);
  return roles !== null && isFit(state, name, roles.candidate);
}

/** The slot that shall be retired is empty, read after the last request against it. */
export function isRetired(state: ReleaseState, name: string): boolean {
  const { retire } = slotGoal(state, name);
  if (retire === null) return true;
  const { seen, converge, fresh } = serviceOf(state, name).slots[retire];
  return seen !== null && seen.version === null && fresh && converge?.status !== 'running';
}

/** S14: a slot that is about to get its users back is watched until it has them. */
export function isReturnedTo(state: ReleaseState, name: string, slot: Slot): boolean {
  return (
    state.phase === 'rolling-back' && serviceOf(state, name).roles?.active === slot && servesCandidate(state, name)
  );
}

/** Nothing was begun yet against the slot that shall be retired, and nothing in it is being drained: nobody waits. */
export function isLeftAlone({ converge, seen }: SlotState): boolean {
  return converge?.goal !== 'retire' && seen?.drained !== false;
}

/** Retention is over, or was never asked for. */
export function retentionOver(state: ReleaseState, at: number): boolean {
  if (!tearsDown(state)) return true;
  return serviceNames(state).every((name) => {
    const until = retainUntil(state, name);
    return until !== null && at >= until;
  });
}

export function anyDrift(state: ReleaseState): boolean {
  return serviceNames(state).some((name) => serviceOf(state, name).routing.drifted !== null);
}

/** Nobody told the release to wait, and nobody else is changing its routing. */
export function mayMove(state: ReleaseState): boolean {
  return state.paused === null && !anyDrift(state);
}

/** Whether users can already meet the candidate of any service. */
export function candidateServes(state: ReleaseState): boolean {
  return serviceNames(state).some((name) => servesCandidate(state, name));
}

/** Whether users of this service can already meet its candidate, or may do so once a write of ours lands. */
export function servesCandidate(state: ReleaseState, name: string): boolean {
  const { roles, routing } = serviceOf(state, name);
  if (roles === null) return false;
  const share = (target: { weights: Record<Slot, number>; audiences: readonly { slot: Slot }[] } | null): boolean =>
    target !== null &&
    (target.weights[roles.candidate] > 0 || target.audiences.some(({ slot }) => slot === roles.candidate));
  return share(routing.seen?.target ?? null) || routing.writes.some(({ target }) => share(target));
}
