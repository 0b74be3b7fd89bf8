import { allReached, anyDrift } from './conditions.js';
import { awaitsPerson, openGates } from './gates.js';
import type { GateState, ReleaseState } from './state.js';
import { serviceNames, serviceOf } from './update.js';
import { awaitsWindow } from './windows.js';

/** Notes since when time does not count, and moves on what was to end meanwhile once it counts again. Idempotent. */
export function noteUncounted(state: ReleaseState, at: number): ReleaseState {
  return noteTotal(noteHeld(noteWatch(state, at), at), at);
}

/**
 * Moves everything by a time in which nobody watched; approvals still expire on the clock (S59). What stood still
 * already is settled up to now, or the absence would count twice.
 */
export function skipAbsence(state: ReleaseState, absentMs: number, at: number): ReleaseState {
  const { watch, total, heldSince } = state;
  const moved: ReleaseState = {
    ...state,
    watch: watch === null ? null : moveOn(watch, watch.lostAt, absentMs, at, (lostAt) => ({ lostAt })),
    total: moveOn(total, total.stoppedSince, absentMs, at, (stoppedSince) => ({ stoppedSince })),
  };
  const waited = moveGates(moved, (gate) => (gate === 'wait' ? absentMs : 0));
  return heldSince === null
    ? moveLimits(waited, () => absentMs)
    : { ...moveLimits(waited, (since) => at - Math.max(since, heldSince)), heldSince: at };
}

function moveOn<T extends { readonly until: number }>(
  ends: T,
  stoodSince: number | null,
  absentMs: number,
  at: number,
  standing: (since: number) => Partial<T>,
): T {
  if (stoodSince === null) return { ...ends, until: ends.until + absentMs };
  return { ...ends, until: ends.until + (at - stoodSince), ...standing(at) };
}

/** A hold or a bake counts only while the routing is what it should be, and can be read. */
function noteWatch(state: ReleaseState, at: number): ReleaseState {
  const { watch } = state;
  if (watch === null) return state;
  const lost = !allReached(state, at) || anyDrift(state) || anyUnreadable(state);
  if (lost && watch.lostAt === null) return { ...state, watch: { ...watch, lostAt: at } };
  if (!lost && watch.lostAt !== null) {
    return { ...state, watch: { since: watch.since, until: watch.until + (at - watch.lostAt), lostAt: null } };
  }
  return state;
}

function anyUnreadable(state: ReleaseState): boolean {
  return serviceNames(state).some((name) => serviceOf(state, name).routing.unreadableSince !== null);
}

/** Nothing has to be ready or decided in time while the release is paused or its routing drifted. */
function noteHeld(state: ReleaseState, at: number): ReleaseState {
  const { heldSince } = state;
  const isHeld = state.paused !== null || anyDrift(state);
  if (isHeld === (heldSince !== null)) return state;
  if (heldSince === null) return { ...state, heldSince: at };
  return { ...moveLimits(state, (since) => at - Math.max(since, heldSince)), heldSince: null };
}

/** Moves `prepare.readyWithin` and `limits.decide`, each by what `byMs` says for the instant it counts from. */
function moveLimits(state: ReleaseState, byMs: (since: number) => number): ReleaseState {
  const moved = moveGates(state, (kind, { openedAt }) =>
    kind !== 'approval' && kind !== 'wait' && kind !== 'webhook' ? byMs(openedAt) : 0,
  );
  return state.phase === 'preparing' ? { ...moved, phaseSince: state.phaseSince + byMs(state.phaseSince) } : moved;
}

function moveGates(state: ReleaseState, byMs: (kind: string, gate: GateState) => number): ReleaseState {
  const gates: Record<string, GateState> = { ...state.gates };
  let isMoved = false;
  for (const { gate, state: gateState } of openGates(state)) {
    const ms = byMs(gate.kind, gateState);
    if (ms === 0) continue;
    gates[gate.id] = { ...gateState, dueAt: gateState.dueAt + ms };
    isMoved = true;
  }
  return isMoved ? { ...state, gates } : state;
}

/** `limits.total` stands still while a person is awaited, the release is paused, or its routing drifted. */
function noteTotal(state: ReleaseState, at: number): ReleaseState {
  const stopped = state.paused !== null || anyDrift(state) || awaitsPerson(state) || awaitsWindow(state);
  const { until, stoppedSince } = state.total;
  if (stopped === (stoppedSince !== null)) return state;
  return {
    ...state,
    total: stopped ? { until, stoppedSince: at } : { until: until + (at - stoppedSince!), stoppedSince: null },
  };
}
