import {
  slots as bothSlots,
  type EnvironmentTarget,
  type Fence,
  printStamp,
  type Slot,
  sameTarget,
  type TrafficTarget,
} from '@bluegreen/contract';
import { instants } from './clockwork.js';
import {
  isDeployed,
  isFit,
  isLeftAlone,
  isRetired,
  isReturnedTo,
  isShown,
  nothingUnresolved,
  runsRelease,
  touchableFrom,
} from './conditions.js';
import { providersReachedFrom } from './dependencies.js';
import type { Effect } from './effects.js';
import { lastPatience, neededInstances, retainUntil, slotGoal, trafficGoal } from './goals.js';
import { openHooks } from './hooks.js';
import { hookEffects, judgeEffects } from './judged-effects.js';
import type { ConvergeState, ReleaseState } from './state.js';
import { plannedOf, serviceNames, serviceOf } from './update.js';

/** How much less often is read what nothing waits for. */
const idleFactor = 5;

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
    if (bothSlots.some((slot) => slots[slot].converge?.status === 'running')) busy.add(environment.resource);
  }
  return busy;
}

function nextFence(state: ReleaseState, resource: string): Fence {
  const { epoch, sequence } = state.fences[resource] ?? { epoch: 0, sequence: 0 };
  return { epoch, sequence: sequence + 1 };
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
  if (state.paused !== null && isForward(state, goal, routing.seen.target, roles.candidate)) return false;
  if (state.isClosed && state.phase === 'shifting' && isForward(state, goal, routing.seen.target, roles.candidate))
    return false;
  if (leadsToDead(state, name, goal)) return false;
  // S1: capacity before weight, and of every service: what is shifted alone is mixed. A rollback never waits (S28).
  return state.phase !== 'shifting' || serviceNames(state).every((each) => isDeployed(state, each));
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

function environmentEffects(state: ReleaseState, name: string, busy: Set<string>, effects: Effect[]): void {
  const service = serviceOf(state, name);
  const { resource } = plannedOf(state, name).environment;
  const { pollMs } = state.plan.policy.limits;
  const goal = slotGoal(state, name);
  for (const slot of bothSlots) {
    const { converge, generation, fresh } = service.slots[slot];
    const isGoal = slot === goal.deploy ? !isFit(state, name, slot) : slot === goal.retire && !isRetired(state, name);
    const isWanted = slot === (converge?.goal === 'retire' ? goal.retire : goal.deploy);
    if (converge?.status === 'running') {
      // A deployment that nobody wants any more is given up, so that nothing waits for it (S28).
      if (!isWanted) continue;
      effects.push(convergeEffect(state, name, slot, converge.goal, converge.key, state.fences[resource]!, 0));
      continue;
    }
    const isAwaited = isGoal && !(slot === goal.retire && isLeftAlone(service.slots[slot]));
    effects.push({
      kind: 'observe-environment',
      key: `observe-environment/${name}/${slot}/${generation}`,
      notBefore: 0,
      service: name,
      slot,
      everyMs: isAwaited || !fresh || isReturnedTo(state, name, slot) ? pollMs : pollMs * idleFactor,
    });
    if (!isGoal || busy.has(resource)) continue;
    const kind = slot === goal.retire ? 'retire' : isGrowing(state, name, slot) ? 'grow' : 'deploy';
    const from = startFrom[kind](state, name, slot);
    if (from === null) continue;
    const attempt = converge?.goal === kind ? converge.attempt + 1 : 1;
    const key = `${state.id}/${name}/converge/${slot}/${kind}/${generation}/${attempt}`;
    effects.push(convergeEffect(state, name, slot, kind, key, nextFence(state, resource), from));
    busy.add(resource);
  }
}

function convergeEffect(
  state: ReleaseState,
  name: string,
  slot: Slot,
  goal: ConvergeState['goal'],
  key: string,
  fence: Fence,
  notBefore: number,
): Effect {
  const { version, parameters } = plannedOf(state, name);
  const deployment = { id: state.id, version, ...(parameters === undefined ? {} : { parameters }) };
  const target: EnvironmentTarget = {
    slot,
    release: goal === 'retire' ? null : deployment,
    atLeast: goal === 'retire' ? 0 : neededInstances(state, name),
    autoscaling: 'free',
    workers: goal === 'retire' ? 'idle' : 'active',
  };
  const size = goal === 'grow' ? `/${target.atLeast}` : '';
  const idempotencyKey = `${state.id}/${name}/${slot}/${goal}${size}`;
  return { kind: 'converge', key, idempotencyKey, notBefore, service: name, target, fence };
}

/** When the candidate may be deployed; `null`: not now. Only while preparing: what serves is never deployed over (S57). */
function deployFrom(state: ReleaseState, name: string, slot: Slot): number | null {
  const { converge, seen, fresh } = serviceOf(state, name).slots[slot];
  const { roles, slots } = serviceOf(state, name);
  if (state.phase !== 'preparing' || state.paused !== null || seen === null || !fresh) return null;
  // `match-active` needs to have seen the active slot.
  if (roles?.active != null && slots[roles.active].seen === null) return null;
  if (runsRelease(state, name, seen, converge) || openHooks(state, 'expand').length > 0) return null;
  return attemptFrom(state, touchableFrom(state, name, slot), converge, 'deploy');
}

/** The slot runs this release and was asked for fewer instances than it needs now. */
function isGrowing(state: ReleaseState, name: string, slot: Slot): boolean {
  const { converge, seen } = serviceOf(state, name).slots[slot];
  return seen !== null && runsRelease(state, name, seen, converge);
}

/**
 * When the candidate may get more instances, because the active slot grew or an autoscaler took some; `null`: not now.
 * More instances take nothing from anybody, so it is done while users are on the slot, and while the release is paused.
 */
function growFrom(state: ReleaseState, name: string, slot: Slot): number | null {
  const { converge, seen, fresh } = serviceOf(state, name).slots[slot];
  const needed = neededInstances(state, name);
  if (!plannedOf(state, name).environment.capabilities.capacity) return null;
  if (seen === null || !fresh || seen.desired >= needed) return null;
  const isAsked = converge !== null && converge.goal === 'grow' && converge.atLeast === needed;
  return isAsked ? attemptFrom(state, 0, converge, 'grow') : 0;
}

/** When the slot may be retired; `null`: not now. */
function retireFrom(state: ReleaseState, name: string, slot: Slot): number | null {
  if (state.paused !== null || !nothingUnresolved(state)) return null;
  const { converge, seen, fresh } = serviceOf(state, name).slots[slot];
  if (seen === null || !fresh) return null;
  const retained = state.phase === 'retiring' ? retainUntil(state, name) : 0;
  if (retained === null) return null;
  const touchable = touchableFrom(state, name, slot);
  return attemptFrom(state, touchable === null ? null : Math.max(touchable, retained), converge, 'retire');
}

/** The next attempt at a goal, `null` while the last one may still work out or none is left. */
function attemptFrom(
  state: ReleaseState,
  from: number | null,
  converge: ConvergeState | null,
  goal: ConvergeState['goal'],
): number | null {
  if (from === null || converge === null || converge.goal !== goal) return from;
  const { attempts, settleMs } = state.plan.policy.limits;
  const most = goal === 'retire' ? attempts * lastPatience : attempts;
  if (converge.attempt >= most || converge.failure?.permanent === true) return null;
  if (converge.status === 'accepted') return goal === 'deploy' ? null : Math.max(from, converge.since + settleMs);
  return Math.max(from, converge.notBefore);
}

const startFrom = { deploy: deployFrom, grow: growFrom, retire: retireFrom } as const;
