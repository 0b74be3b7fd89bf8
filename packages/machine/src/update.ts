import type { Slot } from '@bluegreen/contract';
import type { PlannedService } from './release-plan.js';
import type { ReleaseState, RoutingState, ServiceState, SlotState } from './state.js';

/** The names of all services, in the one order that the initial state gave them: sorted. */
export function serviceNames(state: ReleaseState): readonly string[] {
  return Object.keys(state.services);
}

export function serviceOf(state: ReleaseState, name: string): ServiceState {
  return state.services[name]!;
}

export function plannedOf(state: ReleaseState, name: string): PlannedService {
  return state.plan.services[name]!;
}

export function withService(state: ReleaseState, name: string, patch: Partial<ServiceState>): ReleaseState {
  return { ...state, services: { ...state.services, [name]: { ...serviceOf(state, name), ...patch } } };
}

export function withRouting(state: ReleaseState, name: string, patch: Partial<RoutingState>): ReleaseState {
  return withService(state, name, { routing: { ...serviceOf(state, name).routing, ...patch } });
}

export function withSlot(state: ReleaseState, name: string, slot: Slot, patch: Partial<SlotState>): ReleaseState {
  const service = serviceOf(state, name);
  return withService(state, name, { slots: { ...service.slots, [slot]: { ...service.slots[slot], ...patch } } });
}

/** Applies `change` to every service in turn. */
export function eachService(
  state: ReleaseState,
  change: (state: ReleaseState, name: string) => ReleaseState,
): ReleaseState {
  return serviceNames(state).reduce(change, state);
}
