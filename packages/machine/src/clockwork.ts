import { printDuration, type Slot, slots } from '@bluegreen/contract';
import { isFit, isShown } from './conditions.js';
import { openGates, settleGate } from './gates.js';
import { lastPatience, retainUntil, trafficGoal } from './goals.js';
import { raisableFrom } from './raise.js';
import type { ReleaseState, RouteWrite } from './state.js';
import { isTendedSlot } from './tending.js';
import { noteUncounted } from './uncounted-time.js';
import { eachService, plannedOf, serviceOf, withRouting, withSlot } from './update.js';
import { noteWindows, windowInstant } from './windows.js';

/**
 * Brings everything up to `at` that follows from the state and the time alone. Idempotent, and gives back `state`
 * itself when nothing changed, so that a tick which changes nothing is not journaled.
 */
export function catchUp(state: ReleaseState, at: number): ReleaseState {
  let next = eachService(noteWindows(state, at), (each, name) => ageConverges(ageWrites(each, name, at), name, at));
  next = eachService(next, (each, name) => noteShown(each, name, at));
  next = eachService(next, (each, name) => noteFitness(each, name, at));
  return noteUncounted(settleTimedGates(next, at), at);
}

/** An accepted write that never shows was an attempt that failed; an unresolved one is over after its bound. */
function ageWrites(state: ReleaseState, name: string, at: number): ReleaseState {
  const { routing } = serviceOf(state, name);
  const { writes } = routing;
  if (writes.length === 0) return state;
  const { settleMs } = state.plan.policy.limits;
  const { lateWriteMs } = plannedOf(state, name).traffic.capabilities;
  let changed = false;
  let isOver = false;
  const aged: RouteWrite[] = [];
  for (const write of writes) {
    const neverShown = write.status === 'accepted' && at >= write.startedAt + settleMs;
    const { status, until } = neverShown ? ({ status: 'unresolved', until: at + lateWriteMs } as const) : write;
    // Where nothing lands late, the same instant ends it: nobody would wake for it again.
    const ends = status === 'unresolved' && until !== null && at >= until;
    isOver ||= ends;
    // Until the next read it stays ours: that one may show what landed at the last moment.
    aged.push(ends ? { ...write, status, until: null } : neverShown ? { ...write, status, until } : write);
    changed ||= neverShown;
  }
  if (isOver) return withRouting(state, name, { writes: aged, ...lookAgain(routing) });
  return changed ? withRouting(state, name, { writes: aged }) : state;
}

/** It may have landed after the last read, up to the last moment: only a new one tells. */
function lookAgain({ generation }: { readonly generation: number }): { generation: number; fresh: false } {
  return { generation: generation + 1, fresh: false };
}

/** A deployment or a retirement of unknown outcome can no longer happen after its bound: then it has failed. */
function ageConverges(state: ReleaseState, name: string, at: number): ReleaseState {
  const { lateWriteMs } = plannedOf(state, name).environment.capabilities;
  let next = state;
  for (const slot of slots) {
    const slotState = serviceOf(state, name).slots[slot];
    const { converge, tend } = slotState;
    const isOver = (each: { readonly status: string; readonly since: number } | null): boolean =>
      each?.status === 'unknown' && at >= each.since + lateWriteMs;
    if (isOver(converge)) {
      next = withSlot(next, name, slot, { converge: { ...converge!, status: 'failed' }, ...lookAgain(slotState) });
    }
    if (isOver(tend))
      next = withSlot(next, name, slot, { tend: { ...tend!, status: 'failed' }, ...lookAgain(slotState) });
  }
  return next;
}

function noteShown(state: ReleaseState, name: string, at: number): ReleaseState {
  const { shownAt } = serviceOf(state, name).routing;
  const shown = isShown(state, name);
  if (shown === (shownAt !== null)) return state;
  return withRouting(state, name, shown ? { shownAt: at, attempts: 0, failure: null } : { shownAt: null });
}

function noteFitness(state: ReleaseState, name: string, at: number): ReleaseState {
  const { roles, slots: both } = serviceOf(state, name);
  if (roles === null) return state;
  const note = (each: ReleaseState, slot: Slot | null): ReleaseState => {
    if (slot === null) return each;
    const { unfitSince, fresh } = both[slot];
    // Between a write or a recovery and the next read nothing is known, which is no news.
    if (!fresh && unfitSince === null) return each;
    const fit = isFit(each, name, slot);
    if (fit === (unfitSince === null)) return each;
    return withSlot(each, name, slot, { unfitSince: fit ? null : at });
  };
  return note(note(state, roles.candidate), roles.active);
}

/** Waits end and approvals expire by the clock alone. */
function settleTimedGates(state: ReleaseState, at: number): ReleaseState {
  let next = state;
  for (const { gate, state: gateState } of openGates(state)) {
    if (at < gateState.dueAt) continue;
    if (gate.kind === 'wait') {
      next = settleGate(next, gate.id, 'pass', { summary: `waited ${printDuration(gate.waitMs)}` });
    } else if (gate.kind === 'approval') {
      const summary = `nobody approved within ${printDuration(gate.expiresMs)}`;
      next = settleGate(next, gate.id, gate.onExpiry === 'continue' ? 'pass' : 'fail', { summary });
    }
  }
  return next;
}

/** Every instant at which time alone may change something. The next one is when the runner must look again. */
export function instants(state: ReleaseState, now: number): readonly number[] {
  const { limits, prepare } = state.plan.policy;
  const found: number[] = [];
  for (const { gate, state: gateState } of openGates(state)) {
    if (gateState.verdict !== 'pass' || gate.kind === 'wait') found.push(gateState.dueAt);
  }
  if (state.watch !== null) found.push(state.watch.until);
  const raisableAt = raisableFrom(state);
  if (raisableAt !== null) found.push(raisableAt);
  if (state.total.stoppedSince === null) found.push(state.total.until);
  if (state.phase === 'preparing') found.push(state.phaseSince + prepare.readyWithinMs);
  const window = windowInstant(state, now);
  if (window !== null) found.push(window);
  for (const name in state.services) serviceInstants(state, name, limits.settleMs, found);
  return found;
}

function serviceInstants(state: ReleaseState, name: string, settleMs: number, found: number[]): void {
  const { routing, slots: both, roles, doubt } = serviceOf(state, name);
  const { traffic, environment } = plannedOf(state, name);
  const { fencing, propagationMs, lateWriteMs } = traffic.capabilities;
  const { readyWithinMs } = state.plan.policy.prepare;
  for (const write of routing.writes) {
    if (write.status === 'accepted') found.push(write.startedAt + settleMs);
    if (write.until !== null) found.push(write.until);
  }
  if (routing.shownAt !== null && trafficGoal(state, name) !== null) found.push(routing.shownAt + propagationMs);
  if (fencing === 'none') found.push(state.ownedSince + lateWriteMs);
  if (routing.suspect !== null) found.push(routing.suspect.since + propagationMs);
  if (routing.staleSince !== null) found.push(routing.staleSince + propagationMs + lateWriteMs);
  if (routing.unreadableSince !== null) {
    found.push(routing.unreadableSince + settleMs, routing.unreadableSince + settleMs * lastPatience);
  }
  if (doubt !== null) found.push(doubt.since + settleMs);
  for (const slot of slots) {
    const { unfitSince, converge } = both[slot];
    if (routing.drainedAt[slot] !== null) found.push(routing.drainedAt[slot]!);
    if (unfitSince !== null && roles !== null) found.push(unfitSince + settleMs, unfitSince + readyWithinMs);
    const { tend } = both[slot];
    if (tend?.status === 'accepted' && !isTendedSlot(state, name, slot)) found.push(tend.since + settleMs);
    for (const each of [converge, tend]) {
      if (each?.status === 'unknown') found.push(each.since + environment.capabilities.lateWriteMs);
    }
  }
  const retained = retainUntil(state, name);
  if (retained !== null) found.push(retained);
}
