import { slots as bothSlots, otherSlot, type Slot } from '@bluegreen/contract';
import type { ReleaseState, SeenSlot, SlotState, Tended } from './state.js';
import { currentStep } from './steps.js';
import { plannedOf, serviceOf } from './update.js';

/**
 * What shall be true of a slot besides what runs there: its autoscaler and its workers. `null` where the policy leaves
 * both alone, where the environment can't, and where nothing runs.
 */
export function wantedTending(state: ReleaseState, name: string, slot: Slot): Tended | null {
  const { seen } = serviceOf(state, name).slots[slot];
  if (seen === null || seen.version === null || !tends(state, name)) return null;
  return { autoscaling: wantedAutoscaling(state, name, seen), workers: wantedWorkers(state, name, slot, seen) };
}

/** What a slot shall be like that is deployed now. */
export function tendedFromTheStart(state: ReleaseState, name: string): Tended {
  const { roles } = serviceOf(state, name);
  const isHandedOver = handsOver(state, name) && roles?.active !== null;
  return { autoscaling: 'free', workers: isHandedOver ? 'idle' : 'active' };
}

function tends(state: ReleaseState, name: string): boolean {
  return handsOver(state, name) || freezes(state, name);
}

function handsOver(state: ReleaseState, name: string): boolean {
  return state.plan.policy.workers !== undefined && plannedOf(state, name).environment.capabilities.workers;
}

function freezes(state: ReleaseState, name: string): boolean {
  const { autoscaling } = state.plan.policy.prepare;
  return autoscaling === 'freeze' && plannedOf(state, name).environment.capabilities.autoscaling;
}

/** While weights move, nobody else changes the number of instances; everywhere else the autoscaler is free. */
function wantedAutoscaling(state: ReleaseState, name: string, seen: SeenSlot): Tended['autoscaling'] {
  if (!freezes(state, name)) return seen.autoscaling ?? 'free';
  const isBack = state.phase !== 'rolling-back' || serviceOf(state, name).routing.shownAt !== null;
  return state.phase === 'shifting' || state.phase === 'baking' || !isBack ? 'frozen' : 'free';
}

/**
 * Exactly one slot has its workers running. The one that gives them up is idle before the other one begins, which is a gap;
 * a policy may prefer an overlap on the way back.
 */
function wantedWorkers(state: ReleaseState, name: string, slot: Slot, seen: SeenSlot): Tended['workers'] {
  const now = seen.workers ?? 'idle';
  if (!handsOver(state, name)) return seen.workers ?? 'active';
  const owner = workersOwner(state, name);
  if (owner === null) return now;
  const other = serviceOf(state, name).slots[otherSlot(slot)];
  const overlaps = state.phase === 'rolling-back' && state.plan.policy.workers?.onRollback === 'overlap';
  if (slot === owner) return overlaps || isIdle(other) ? 'active' : now;
  return overlaps && !isWorking(other) ? now : 'idle';
}

/** Whose workers shall run: the old slot's until all users are on the new one, and again once they are taken back. */
function workersOwner(state: ReleaseState, name: string): Slot | null {
  const { roles } = serviceOf(state, name);
  if (roles === null) return null;
  if (roles.active === null) return roles.candidate;
  const { phase, watch } = state;
  const isCutOver = phase === 'shifting' && watch !== null && currentStep(state).percent === 100;
  return isCutOver || phase === 'baking' || phase === 'retiring' ? roles.candidate : roles.active;
}

function isIdle({ seen, fresh }: SlotState): boolean {
  return seen !== null && fresh && (seen.version === null || seen.workers === 'idle');
}

function isWorking({ seen, fresh }: SlotState): boolean {
  return seen !== null && fresh && seen.version !== null && seen.workers === 'active';
}

/** The slot was read, and is as it shall be. */
export function isTendedSlot(state: ReleaseState, name: string, slot: Slot): boolean {
  if (!tends(state, name)) return true;
  const { seen, fresh, tend } = serviceOf(state, name).slots[slot];
  if (seen === null || !fresh || tend?.status === 'running') return false;
  const wanted = wantedTending(state, name, slot);
  if (wanted === null) return true;
  return (
    (!freezes(state, name) || seen.autoscaling === wanted.autoscaling) &&
    (!handsOver(state, name) || seen.workers === wanted.workers)
  );
}

/** Both slots are as they shall be, and the workers are where they belong. */
export function isTended(state: ReleaseState, name: string): boolean {
  if (!tends(state, name)) return true;
  if (!bothSlots.every((slot) => isTendedSlot(state, name, slot))) return false;
  const owner = handsOver(state, name) ? workersOwner(state, name) : null;
  return owner === null || isWorking(serviceOf(state, name).slots[owner]);
}

/** The autoscalers are as they shall be: before weights move they stand still. */
export function isFrozen(state: ReleaseState, name: string): boolean {
  if (!freezes(state, name)) return true;
  return bothSlots.every((slot) => {
    const { seen } = serviceOf(state, name).slots[slot];
    return seen !== null && (seen.version === null || seen.autoscaling === 'frozen');
  });
}

/** The workers of a slot may still run, so it must not be torn down under them. */
export function mayWork(state: ReleaseState, name: string, slot: Slot): boolean {
  return handsOver(state, name) && !isIdle(serviceOf(state, name).slots[slot]);
}

/** In words, what is being done about a service's slots; `null` where nothing is. */
export function tendingText(state: ReleaseState, name: string): string | null {
  if (isTended(state, name)) return null;
  const failure = bothSlots
    .map((slot) => serviceOf(state, name).slots[slot].tend?.failure)
    .find((each) => each != null);
  const owner = handsOver(state, name) ? workersOwner(state, name) : null;
  const doing =
    owner !== null && !isWorking(serviceOf(state, name).slots[owner])
      ? `The workers of ${name} are being handed over to ${owner}`
      : `The autoscaler of ${name} is being set`;
  return failure == null ? doing : `${doing}: ${failure.message}`;
}
