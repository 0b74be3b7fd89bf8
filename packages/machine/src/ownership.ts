import { lookBeforeReturn } from './doubt.js';
import type { Fact } from './events.js';
import { openGates } from './gates.js';
import type { GateState, ReleaseState, RouteWrite } from './state.js';
import { skipAbsence } from './uncounted-time.js';
import { eachService, plannedOf, serviceOf, withRouting, withService, withSlot } from './update.js';

type Resumed = Extract<Fact, { readonly type: 'orchestrator-resumed' }>;

/** A new owner: nothing it did not see itself counts, and time that nobody watched proves nothing (rule 3, S59). */
export function takeOver(state: ReleaseState, event: Resumed): ReleaseState {
  const fences = { ...state.fences };
  const earlier = { ...state.earlier };
  for (const [resource, epoch] of Object.entries(event.epochs)) {
    const before = state.fences[resource] ?? null;
    // An owner that wrote nothing says nothing about what the one before it may have sent in the end.
    const last = before === null || before.sequence > 0 ? before : (earlier[resource]?.last ?? before);
    earlier[resource] = { firstEpoch: earlier[resource]?.firstEpoch ?? epoch, last };
    fences[resource] = { epoch, sequence: 0 };
  }
  const owned: ReleaseState = { ...state, fences, earlier, ownedSince: event.at };
  const moved = skipAbsence(owned, event.absentMs, event.at);
  const forgotten = eachService(moved, (each, name) => forgetReads(each, name, event.at));
  const looking = state.phase === 'rolling-back' ? lookBeforeReturn(forgotten, state.phase, event.at) : forgotten;
  return forgetMeasured(looking, event.at);
}

function forgetReads(state: ReleaseState, name: string, at: number): ReleaseState {
  const { routing, slots } = serviceOf(state, name);
  const { lateWriteMs } = plannedOf(state, name).traffic.capabilities;
  const writes = routing.writes.map(
    (write): RouteWrite =>
      write.status === 'unresolved' ? write : { ...write, status: 'unresolved', until: at + lateWriteMs },
  );
  let next = withRouting(withService(state, name, { doubt: null }), name, {
    writes,
    generation: routing.generation + 1,
    fresh: false,
    shownAt: null,
    drainedAt: { blue: null, green: null },
    attempts: 0,
    notBefore: 0,
    failure: null,
    unreadableSince: null,
    staleSince: null,
  });
  const lost = { status: 'unknown' as const, since: at, notBefore: at };
  for (const slot of ['blue', 'green'] as const) {
    const { converge, generation } = slots[slot];
    // Nobody knows how a write ended whose caller died.
    const unknown = converge?.status === 'running' ? { ...converge, ...lost } : converge;
    next = withSlot(next, name, slot, {
      converge: unknown,
      tend: slots[slot].tend?.status === 'running' ? { ...slots[slot].tend, ...lost } : slots[slot].tend,
      generation: generation + 1,
      fresh: false,
      unfitSince: null,
    });
  }
  return next;
}

/** What was measured before says nothing about the time in between: the gate starts again. */
function forgetMeasured(state: ReleaseState, at: number): ReleaseState {
  const gates: Record<string, GateState> = { ...state.gates };
  for (const { gate, state: gateState } of openGates(state)) {
    if (gate.kind === 'analysis') gates[gate.id] = { ...gateState, verdict: null, evidence: null, openedAt: at };
  }
  return { ...state, gates };
}
