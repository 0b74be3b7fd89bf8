import { slots as bothSlots, type EnvironmentTarget, type Fence, type Slot } from '@bluegreen/contract';
import {
  isFit,
  isLeftAlone,
  isRetired,
  isReturnedTo,
  mayMove,
  nothingUnresolved,
  runsRelease,
  touchableFrom,
} from './conditions.js';
import { idleFactor, nextFence } from './effect-parts.js';
import type { Effect } from './effects.js';
import { lastPatience, neededInstances, retainUntil, slotGoal } from './goals.js';
import { openHooks } from './hooks.js';
import type { ConvergeState, ReleaseState, Tended } from './state.js';
import { isTendedSlot, mayWork, tendedFromTheStart, wantedTending } from './tending.js';
import { plannedOf, serviceOf } from './update.js';

/** What shall be read and written of the slots of one service; `busy` has the resources with a write in flight. */
export function environmentEffects(state: ReleaseState, name: string, busy: Set<string>, effects: Effect[]): void {
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
    if (service.slots[slot].tend?.status === 'running') {
      effects.push(tendEffect(state, name, slot, state.fences[resource]!));
      continue;
    }
    const isTending = !isTendedSlot(state, name, slot);
    const isAwaited = isGoal && !(slot === goal.retire && isLeftAlone(service.slots[slot]));
    effects.push({
      kind: 'observe-environment',
      key: `observe-environment/${name}/${slot}/${generation}`,
      notBefore: 0,
      service: name,
      slot,
      everyMs: isAwaited || isTending || !fresh || isReturnedTo(state, name, slot) ? pollMs : pollMs * idleFactor,
    });
    if (busy.has(resource)) continue;
    const tended = isTending ? tendFrom(state, name, slot) : null;
    if (tended !== null) {
      effects.push({ ...tendEffect(state, name, slot, nextFence(state, resource)), notBefore: tended });
      busy.add(resource);
      continue;
    }
    if (!isGoal) continue;
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
    ...(goal === 'retire' ? ({ autoscaling: 'free', workers: 'idle' } as const) : tendedNow(state, name, slot)),
  };
  const size = goal === 'grow' ? `/${target.atLeast}` : '';
  const idempotencyKey = `${state.id}/${name}/${slot}/${goal}${size}`;
  return { kind: 'converge', key, idempotencyKey, notBefore, service: name, target, fence };
}

/** What a slot keeps that is deployed, or that only gets more instances. */
function tendedNow(state: ReleaseState, name: string, slot: Slot): Tended {
  return wantedTending(state, name, slot) ?? tendedFromTheStart(state, name);
}

/** Sets the autoscaler and the workers of a slot, and leaves what runs there. */
function tendEffect(
  state: ReleaseState,
  name: string,
  slot: Slot,
  fence: Fence,
): Effect & { readonly kind: 'converge' } {
  const { seen, tend, generation } = serviceOf(state, name).slots[slot];
  const isRunning = tend?.status === 'running';
  const { autoscaling, workers }: Tended = isRunning ? tend : wantedTending(state, name, slot)!;
  return {
    kind: 'converge',
    key: isRunning ? tend.key : `${state.id}/${name}/tend/${slot}/${generation}`,
    idempotencyKey: `${state.id}/${name}/${slot}/tend/${autoscaling}/${workers}`,
    notBefore: 0,
    service: name,
    target: { slot, release: 'unchanged', atLeast: seen?.desired ?? 1, autoscaling, workers },
    fence,
  };
}

/** When the autoscaler and the workers of a slot may be set; `null`: not now. A pause keeps nothing from being set right. */
function tendFrom(state: ReleaseState, name: string, slot: Slot): number | null {
  const { doubt, slots } = serviceOf(state, name);
  const { tend, fresh } = slots[slot];
  const wanted = wantedTending(state, name, slot);
  if (!fresh || wanted === null) return null;
  // S14: a write would make the slot unread again, which is being looked at before it gets the users back.
  if (state.phase === 'rolling-back' && doubt !== null) return null;
  if (tend === null || tend.autoscaling !== wanted.autoscaling || tend.workers !== wanted.workers) return 0;
  const { attempts, settleMs } = state.plan.policy.limits;
  const most = state.phase === 'rolling-back' || state.phase === 'retiring' ? attempts * lastPatience : attempts;
  if (tend.attempt >= most || tend.failure?.permanent === true) return null;
  return tend.status === 'accepted' ? tend.since + settleMs : tend.notBefore;
}

/** When the candidate may be deployed; `null`: not now. Only while preparing: what serves is never deployed over (S57). */
function deployFrom(state: ReleaseState, name: string, slot: Slot): number | null {
  const { converge, seen, fresh } = serviceOf(state, name).slots[slot];
  const { roles, slots } = serviceOf(state, name);
  if (state.phase !== 'preparing' || !mayMove(state) || seen === null || !fresh) return null;
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
  if (!mayMove(state) || !nothingUnresolved(state)) return null;
  const { converge, seen, fresh } = serviceOf(state, name).slots[slot];
  if (seen === null || !fresh) return null;
  const retained = state.phase === 'retiring' ? retainUntil(state, name) : 0;
  if (retained === null || mayWork(state, name, slot)) return null;
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
