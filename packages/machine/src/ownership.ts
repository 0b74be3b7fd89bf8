import type { Fact } from './events.js';
import { openGates } from './gates.js';
import type { GateState, ReleaseState, RouteWrite } from './state.js';
import { eachService, plannedOf, serviceOf, withRouting, withSlot } from './update.js';

type Resumed = Extract<Fact, { readonly type: 'orchestrator-resumed' }>;

/** A new owner: nothing it did not see itself counts, and time that nobody watched proves nothing (rule 3, S59). */
export function takeOver(state: ReleaseState, event: Resumed): ReleaseState {
  const fences = { ...state.fences };
  const earlier = { ...state.earlier };
  for (const [resource, epoch] of Object.entries(event.epochs)) {
    const last = state.fences[resource] ?? null;
    earlier[resource] = { firstEpoch: earlier[resource]?.firstEpoch ?? epoch, last };
    fences[resource] = { epoch, sequence: 0 };
  }
  const owned: ReleaseState = { ...state, fences, earlier, ownedSince: event.at };
  return absent(
    eachService(owned, (each, name) => forgetReads(each, name, event.at)),
    event.absentMs,
    event.at,
  );
}

function forgetReads(state: ReleaseState, name: string, at: number): ReleaseState {
  const { routing, slots } = serviceOf(state, name);
  const { lateWriteMs } = plannedOf(state, name).traffic.capabilities;
  const writes = routing.writes.map(
    (write): RouteWrite =>
      write.status === 'unresolved' ? write : { ...write, status: 'unresolved', until: at + lateWriteMs },
  );
  let next = withRouting(state, name, {
    writes,
    generation: routing.generation + 1,
    fresh: false,
    shownAt: null,
    attempts: 0,
    notBefore: 0,
    failure: null,
    unreadableSince: null,
    staleSince: null,
  });
  for (const slot of ['blue', 'green'] as const) {
    const { converge, generation } = slots[slot];
    // Nobody knows how a write ended whose caller died.
    const unknown =
      converge?.status === 'running' ? { ...converge, status: 'unknown' as const, since: at, notBefore: at } : converge;
    next = withSlot(next, name, slot, {
      converge: unknown,
      generation: generation + 1,
      fresh: false,
      unfitSince: null,
    });
  }
  return next;
}

/** Moves what needs watching by the time in which nobody watched; approvals still expire on the clock. */
function absent(state: ReleaseState, absentMs: number, at: number): ReleaseState {
  const watch = state.watch === null ? null : { ...state.watch, until: state.watch.until + absentMs };
  const moved: Record<string, GateState> = { ...state.gates };
  for (const { gate, state: gateState } of openGates(state)) {
    if (gate.kind === 'approval') continue;
    // What was measured before says nothing about the time in between: the gate starts again.
    const judged = gate.kind === 'analysis' ? { verdict: null, evidence: null, openedAt: at } : {};
    moved[gate.id] = { ...gateState, ...judged, dueAt: gateState.dueAt + absentMs };
  }
  const { until, stoppedSince } = state.total;
  // `phaseSince` is what `prepare.readyWithin` counts from.
  const phaseSince = state.phase === 'preparing' ? state.phaseSince + absentMs : state.phaseSince;
  return { ...state, watch, gates: moved, phaseSince, total: { until: until + absentMs, stoppedSince } };
}
