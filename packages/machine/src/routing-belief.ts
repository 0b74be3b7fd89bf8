import {
  compareFences,
  mayReach,
  normaliseTarget,
  pointsAt,
  type Routing,
  type Slot,
  sameTarget,
  slots,
  type TrafficObservation,
} from '@bluegreen/contract';
import type { Fact } from './events.js';
import { rollbackTarget } from './goals.js';
import { isPartOfOwn } from './part-of-own.js';
import type { ReleaseState, RouteWrite, RoutingState, SeenRouting } from './state.js';
import { plannedOf, serviceOf, withRouting } from './update.js';

type Observed = Extract<Fact, { readonly type: 'routing-observed' }>;

/** Folds one read of the router: what is ours, what is old, and what somebody else did. */
export function believeRouting(state: ReleaseState, event: Observed): ReleaseState {
  const { service: name, observation, at } = event;
  const { traffic } = plannedOf(state, name);
  const routing = serviceOf(state, name).routing;
  const owner = state.fences[traffic.resource];
  const fence = observation.fence ?? null;
  // A newer owner exists: this one decides nothing any more (the runner detaches).
  if (fence !== null && owner !== undefined && fence.epoch > owner.epoch) return state;

  // Whatever it shows: the router answers.
  const answered = routing.unreadableSince === null ? state : withRouting(state, name, { unreadableSince: null });
  const seen = seenRouting(state, name, observation);
  const own = ownWrite(routing.writes, seen);
  const wish = own === null && isEarlierRollback(state, name, seen);
  if (own === null && !wish && routing.drifted?.revision === seen.revision) return answered;
  const isOld = own === null && !wish && isStale(routing, seen);
  if (isOld && !hasLasted(state, name, at)) return noteStale(answered, name, at);

  const isOurs = own !== null || wish || (!isOld && isLegitimate(state, name, routing, seen));
  if (!isOurs && !isOverridden(state, name, seen)) {
    return isOld ? drift(answered, name, seen, at) : foreignRead(answered, name, seen, at);
  }
  const drainedAt = drained(state, name, seen, observation, at);
  if (own === null && !wish && isKnown(routing, seen, drainedAt)) return state;
  const { drifted } = routing;
  const next = withRouting(state, name, {
    seen,
    ...(drifted === null || wish ? {} : { restored: { since: drifted.since, until: at, summary: drifted.summary } }),
    ...settledBy(state, name, routing, own),
    legitimate: seen.revision,
    fresh: true,
    unreadableSince: null,
    staleSince: null,
    suspect: null,
    drifted: null,
    drainedAt,
  });
  return wish ? { ...next, cause: next.cause ?? earlierWish(state, name, at) } : keepIfSame(state, next, name);
}

/** What this read shows; the very same object when it shows what was seen before. */
function seenRouting(state: ReleaseState, name: string, observation: TrafficObservation): SeenRouting {
  const { routing, revision, fence = null, proof } = observation;
  const known = serviceOf(state, name).routing.seen;
  if (known !== null && showsSame(known, observation)) return known;
  const reachable = { blue: mayEverReach(observation, 'blue'), green: mayEverReach(observation, 'green') };
  const healthy = { blue: isHealthy(observation, 'blue'), green: isHealthy(observation, 'green') };
  const { capabilities } = plannedOf(state, name).traffic;
  const target = routing.kind === 'split' ? normaliseTarget(routing.target, capabilities) : null;
  const proven = proof === 'proven';
  return { revision, proven, reachable, healthy, fence, target, foreign: foreignSummary(routing) };
}

function mayEverReach({ routing, afterRestart }: TrafficObservation, slot: Slot): boolean {
  return mayReach(routing, slot) || (afterRestart !== undefined && mayReach(afterRestart, slot));
}

function isHealthy(observation: TrafficObservation, slot: Slot): boolean | null {
  const health = observation.health?.[slot];
  return health === undefined ? null : health.healthy > 0 && health.healthy === health.total;
}

function foreignSummary(routing: Routing): string | null {
  return routing.kind === 'foreign' ? routing.summary : null;
}

/**
 * The write of ours that this read shows: its target under its own stamp or a later one of this owner (the sequence
 * counts for every service of the resource), or its own stamp over a part of its target (F5), which is written again.
 * Without stamps, the last write with this target.
 */
function ownWrite(writes: readonly RouteWrite[], { target, fence }: SeenRouting): RouteWrite | null {
  if (target === null || writes.length === 0) return null;
  const matches = ({ target: written, fence: stamp, status }: RouteWrite): boolean => {
    if (fence === null) return sameTarget(written, target);
    if (compareFences(stamp, fence) === 0) return true;
    // One of unknown outcome may still land after a later one with the same target.
    const isCovered = status === 'accepted' && stamp.epoch === fence.epoch && stamp.sequence < fence.sequence;
    return isCovered && sameTarget(written, target);
  };
  return writes.findLast(matches) ?? null;
}

/** Rule 8: an owner that lost its lease may send one rollback; its fence is newer than all that it journaled. */
function isEarlierRollback(state: ReleaseState, name: string, { fence, target }: SeenRouting): boolean {
  const last = state.earlier[plannedOf(state, name).traffic.resource]?.last ?? null;
  if (last === null || fence === null || target === null) return false;
  if (fence.epoch !== last.epoch || fence.sequence <= last.sequence) return false;
  const goal = rollbackTarget(state, name);
  return goal !== null && sameTarget(target, goal);
}

function earlierWish(state: ReleaseState, name: string, at: number): NonNullable<ReleaseState['cause']> {
  return {
    code: 'earlier-owner-asked',
    at,
    from: state.phase,
    service: name,
    message: `the process that drove this release before took ${name} back before it lost its lease`,
  };
}

function isStale({ settled, legitimate }: RoutingState, { fence, revision }: SeenRouting): boolean {
  return fence !== null && settled !== null && compareFences(fence, settled) < 0 && revision !== legitimate;
}

function isLegitimate(state: ReleaseState, name: string, routing: RoutingState, seen: SeenRouting): boolean {
  // Until it is known who serves, nothing here is ours to be changed by somebody else.
  if (routing.legitimate === null || serviceOf(state, name).roles === null) return true;
  // A place that is gone or foreign can't be written, so nobody can have meant it to be overridden.
  if (seen.foreign !== null) return false;
  if (seen.revision === routing.legitimate) return true;
  if (seen.fence === null) return isPartOfOwn(routing, seen);
  // Stamped by an earlier owner of this very release: a write whose record was lost with its lease. Not the one that was
  // seen live already: under its stamp somebody else wrote.
  if (routing.settled !== null && compareFences(seen.fence, routing.settled) === 0) return false;
  const { resource } = plannedOf(state, name).traffic;
  const epochs = state.earlier[resource];
  return (
    epochs !== undefined && seen.fence.epoch >= epochs.firstEpoch && seen.fence.epoch < state.fences[resource]!.epoch
  );
}

/**
 * A rollback that overrides drift overrides as well what is first read a moment after it began: a person's always, a
 * guardrail's while users still meet the candidate (rule 1). Once it was seen live, drift is drift again.
 */
function isOverridden(state: ReleaseState, name: string, seen: SeenRouting): boolean {
  const { roles, routing } = serviceOf(state, name);
  if (state.phase !== 'rolling-back' || state.cause === null || roles === null) return false;
  if (seen.foreign !== null || routing.drifted !== null || routing.shownAt !== null) return false;
  if (state.cause.code === 'person-asked' || state.cause.code === 'person-aborted') return true;
  return state.cause.code === 'guardrail-failed' && seen.target !== null && pointsAt(seen.target, roles.candidate);
}

/** An old read is no news, but when only old reads come, the router really went back: then it is somebody's doing. */
function hasLasted(state: ReleaseState, name: string, at: number): boolean {
  const { staleSince } = serviceOf(state, name).routing;
  const { propagationMs, lateWriteMs } = plannedOf(state, name).traffic.capabilities;
  return staleSince !== null && at >= staleSince + propagationMs + lateWriteMs;
}

function noteStale(state: ReleaseState, name: string, at: number): ReleaseState {
  return serviceOf(state, name).routing.staleSince === null ? withRouting(state, name, { staleSince: at }) : state;
}

function foreignRead(state: ReleaseState, name: string, seen: SeenRouting, at: number): ReleaseState {
  const { suspect } = serviceOf(state, name).routing;
  const { propagationMs } = plannedOf(state, name).traffic.capabilities;
  if (seen.fence !== null || propagationMs === 0) return drift(state, name, seen, at);
  // Without a stamp an old read looks like a foreign one: it must last.
  if (suspect === null || suspect.revision !== seen.revision) {
    return withRouting(state, name, { suspect: { revision: seen.revision, since: at } });
  }
  return at < suspect.since + propagationMs ? state : drift(state, name, seen, at);
}

function drift(state: ReleaseState, name: string, seen: SeenRouting, at: number): ReleaseState {
  const { drifted, seen: before } = serviceOf(state, name).routing;
  return withRouting(state, name, {
    seen,
    fresh: true,
    staleSince: null,
    suspect: null,
    shownAt: null,
    drainedAt: { blue: null, green: null },
    drifted: { revision: seen.revision, since: drifted?.since ?? at, summary: describeDrift(before, seen) },
  });
}

function describeDrift(before: SeenRouting | null, seen: SeenRouting): string {
  if (seen.foreign !== null) return seen.foreign;
  if (seen.target === null) return 'the routing is gone';
  const was = before?.target === null || before?.target === undefined ? '' : `, was ${printWeights(before.target)}`;
  return `routing is ${printWeights(seen.target)}${was}, and not by this release`;
}

function printWeights({ weights }: NonNullable<SeenRouting['target']>): string {
  return `blue ${weights.blue} / green ${weights.green}`;
}

function settledBy(
  state: ReleaseState,
  name: string,
  routing: RoutingState,
  own: RouteWrite | null,
): Partial<RoutingState> {
  if (own === null) {
    const writes = routing.writes.filter(mayStillLand);
    return writes.length < routing.writes.length ? { writes } : {};
  }
  const { fencing } = plannedOf(state, name).traffic.capabilities;
  const isOver = (write: RouteWrite): boolean => {
    if (write.status === 'running') return false;
    if (write === own || !mayStillLand(write)) return true;
    // An accepted older write is superseded; an unresolved one may still land unless the provider itself refuses it.
    const isOlder = compareFences(write.fence, own.fence) < 0;
    return isOlder && (write.status === 'accepted' || fencing === 'enforced');
  };
  const newest =
    routing.settled !== null && compareFences(routing.settled, own.fence) > 0 ? routing.settled : own.fence;
  return { writes: routing.writes.filter((write) => !isOver(write)), settled: newest };
}

/** A write whose bound is over is remembered for one read: that shows what came of it. */
function mayStillLand({ status, until }: RouteWrite): boolean {
  return status !== 'unresolved' || until !== null;
}

/**
 * The revision covers the routing itself; the rest is what a router can change without a write. Nearly every read ends
 * here, so it makes nothing.
 */
function showsSame(known: SeenRouting, observation: TrafficObservation): boolean {
  if (known.revision !== observation.revision || known.proven !== (observation.proof === 'proven')) return false;
  for (const slot of slots) {
    if (known.reachable[slot] !== mayEverReach(observation, slot)) return false;
    if (known.healthy[slot] !== isHealthy(observation, slot)) return false;
  }
  return true;
}

/**
 * When each slot's last request is over: once nothing can reach it, on any router, counted down by the router or by the
 * policy. Routers that lag send requests for `propagationMs` more, unless the read proves that none does.
 */
function drained(
  state: ReleaseState,
  name: string,
  seen: SeenRouting,
  observation: TrafficObservation,
  at: number,
): RoutingState['drainedAt'] {
  const { routing } = serviceOf(state, name);
  const lagMs = seen.proven ? 0 : plannedOf(state, name).traffic.capabilities.propagationMs;
  const restMs = state.plan.policy.retire.drainMs;
  const blue = drainedSlotAt(routing, seen, observation, 'blue', at + lagMs, restMs);
  const green = drainedSlotAt(routing, seen, observation, 'green', at + lagMs, restMs);
  const { drainedAt } = routing;
  return blue === drainedAt.blue && green === drainedAt.green ? drainedAt : { blue, green };
}

function drainedSlotAt(
  { drainedAt }: RoutingState,
  { reachable }: SeenRouting,
  observation: TrafficObservation,
  slot: Slot,
  from: number,
  restMs: number,
): number | null {
  if (reachable[slot]) return null;
  const known = drainedAt[slot];
  const drain = observation.drain?.[slot];
  if (drain?.kind === 'counted') return drain.open > 0 ? null : (known ?? from);
  const overAt = from + (drain?.kind === 'bounded' ? drain.atMostMs : restMs);
  return known === null ? overAt : Math.min(known, overAt);
}

/** The read shows what was seen and accepted before, and nothing was in doubt. */
function isKnown(routing: RoutingState, seen: SeenRouting, drainedAt: RoutingState['drainedAt']): boolean {
  const { legitimate, fresh, unreadableSince, staleSince, suspect, drifted } = routing;
  if (routing.seen !== seen || routing.drainedAt !== drainedAt || legitimate !== seen.revision || !fresh) return false;
  return unreadableSince === null && staleSince === null && suspect === null && drifted === null;
}

/** Gives back `state` itself when the read told nothing new, so that it is not journaled. */
function keepIfSame(state: ReleaseState, next: ReleaseState, name: string): ReleaseState {
  const before = serviceOf(state, name).routing;
  const after = serviceOf(next, name).routing;
  for (const key of Object.keys(after) as (keyof RoutingState)[]) {
    if (before[key] === after[key]) continue;
    if (key === 'writes' && before.writes.length === after.writes.length) continue;
    return next;
  }
  return state;
}
