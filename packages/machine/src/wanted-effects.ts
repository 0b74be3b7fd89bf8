import { slots as bothSlots, printStamp, type Slot, sameTarget, type TrafficTarget } from '@bluegreen/contract';
import { instants } from './clockwork.js';
import { isDeployed, isShown, mayMove } from './conditions.js';
import { providersReachedFrom } from './dependencies.js';
import { idleFactor, nextFence } from './effect-parts.js';
import type { Effect } from './effects.js';
import { environmentEffects } from './environment-effects.js';
import { lastPatience, trafficGoal } from './goals.js';
import { hookEffects, judgeEffects } from './judged-effects.js';
import type { ReleaseState } from './state.js';
import { isFrozen } from './tending.js';
import { plannedOf, serviceNames, serviceOf } from './update.js';

/**
 * What shall be done now. Total, and derived from the state alone: a recovered process wants the same. A generic
 * gap-closer: per service a goal, what was seen, and the next thing that brings the two together.
 */
export function effectsFor(state: ReleaseState): readonly Effect[] {
  if (isEnd(state)) return [];
  const effects: Effect[] = [];
  const busy = busyResources(state);
  for (const name of serviceNames(state)) {
    routingEffects(state, name, busy, effects);
    environmentEffects(state, name, busy, effects);
  }
  judgeEffects(state, effects);
  hookEffects(state, effects);
  return effects;
}

/** When time alone may change the state next; `null` when it can't. */
export function wakeAt(state: ReleaseState, now: number): number | null {
  if (isEnd(state)) return null;
  let earliest: number | null = null;
  for (const instant of instants(state, now)) {
    if (instant > now && (earliest === null || instant < earliest)) earliest = instant;
  }
  return earliest;
}

/** True when nothing is driven any more, unless somebody opens it again. */
export function isEnd({ phase, reopenAt }: ReleaseState): boolean {
  return phase === 'promoted' || phase === 'rolled-back' || (phase === 'stuck' && reopenAt === null);
}

/** Rule 4: one write in flight per resource, over all its services. */
function busyResources(state: ReleaseState): Set<string> {
  const busy = new Set<string>();
  for (const name of serviceNames(state)) {
    const { routing, slots } = serviceOf(state, name);
    const { traffic, environment } = plannedOf(state, name);
    if (routing.writes.some(({ status }) => status === 'running')) busy.add(traffic.resource);
    const isBusy = (slot: Slot): boolean =>
      slots[slot].converge?.status === 'running' || slots[slot].tend?.status === 'running';
    if (bothSlots.some(isBusy)) busy.add(environment.resource);
  }
  return busy;
}

function routingEffects(state: ReleaseState, name: string, busy: Set<string>, effects: Effect[]): void {
  const { routing } = serviceOf(state, name);
  const { resource } = plannedOf(state, name).traffic;
  const running = routing.writes.find(({ status }) => status === 'running');
  if (running !== undefined) {
    // Reads during a write can't be told from old ones; its own bound ends it.
    const { key, target, expected, fence } = running;
    // A rollback does not wait for the forward write before it.
    const wanted = trafficGoal(state, name);
    if (state.phase === 'rolling-back' && wanted !== null && !sameTarget(target, wanted)) return;
    effects.push({ kind: 'route', key, notBefore: 0, service: name, target, expected, fence });
    return;
  }
  const { pollMs } = state.plan.policy.limits;
  const goal = trafficGoal(state, name);
  const isOpen = !routing.fresh || routing.writes.length > 0 || (goal !== null && !isShown(state, name));
  effects.push({
    kind: 'observe-routing',
    key: `observe-routing/${name}/${routing.generation}`,
    notBefore: 0,
    service: name,
    everyMs: isOpen ? pollMs : pollMs * idleFactor,
  });
  if (goal === null || busy.has(resource) || !mayRoute(state, name, goal)) return;
  const inOrderFrom = providersReachedFrom(state, name);
  if (inOrderFrom === null) return;
  const fence = nextFence(state, resource);
  effects.push({
    kind: 'route',
    key: `${state.id}/${name}/route/${state.phase}/${state.step}/${printStamp(fence)}`,
    notBefore: Math.max(routing.notBefore, inOrderFrom),
    service: name,
    target: goal,
    expected: { revision: routing.seen!.revision },
    fence,
  });
  busy.add(resource);
}

/** A write is due: the last read is fresh and ours, shows another target, and nothing sent earlier may still show it. */
function mayRoute(state: ReleaseState, name: string, goal: TrafficTarget): boolean {
  const { routing, roles, doubt } = serviceOf(state, name);
  const { attempts } = state.plan.policy.limits;
  // S14: who gets the users back is looked at first; one that is sick waits for a person, while other services go back.
  if (state.phase === 'rolling-back' && doubt !== null) return false;
  if (roles === null || !routing.fresh || routing.seen === null || routing.seen.foreign !== null) return false;
  if (routing.drifted !== null || routing.suspect !== null || isShown(state, name)) return false;
  const isAwaited = routing.writes.some(({ status, target }) => status === 'accepted' && sameTarget(target, goal));
  if (isAwaited || routing.failure?.permanent === true) return false;
  const isLast = state.phase === 'rolling-back' || state.phase === 'retiring';
  if (routing.attempts >= (isLast ? attempts * lastPatience : attempts)) return false;
  if (!mayMove(state) && isForward(state, goal, routing.seen.target, roles.candidate)) return false;
  if (state.isClosed && state.phase === 'shifting' && isForward(state, goal, routing.seen.target, roles.candidate))
    return false;
  if (leadsToDead(state, name, goal)) return false;
  // S1: capacity before weight, and of every service: what is shifted alone is mixed. A rollback never waits (S28).
  return (
    state.phase !== 'shifting' || serviceNames(state).every((each) => isDeployed(state, each) && isFrozen(state, each))
  );
}

/** S14: what somebody else sent to the candidate is not taken from it for an active slot that is seen dead. */
function leadsToDead(state: ReleaseState, name: string, goal: TrafficTarget): boolean {
  const { roles, routing, slots } = serviceOf(state, name);
  if (state.phase === 'rolling-back' || roles === null || roles.active === null) return false;
  if (goal.weights[roles.active] <= (routing.seen?.target?.weights[roles.active] ?? 0)) return false;
  const { seen, fresh, unfitSince } = slots[roles.active];
  // A new owner reads it first; a read that fails holds nobody up.
  if (!fresh) return unfitSince === null;
  return seen?.ready === 0 && (slots[roles.candidate].seen?.ready ?? 0) > 0;
}

/** Writing the goal takes users further towards the candidate, or begins a step that was not begun yet. */
function isForward(state: ReleaseState, goal: TrafficTarget, seen: TrafficTarget | null, candidate: Slot): boolean {
  if (state.phase !== 'verifying' && state.phase !== 'shifting' && state.phase !== 'baking') return false;
  return state.watch === null || goal.weights[candidate] > (seen?.weights[candidate] ?? 0);
}
