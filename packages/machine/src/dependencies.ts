import { isShown, reachedFrom } from './conditions.js';
import { trafficGoal } from './goals.js';
import type { ReleaseState } from './state.js';
import { plannedOf, serviceOf } from './update.js';

/** The services of this release that are shifted before this one: a caller must not meet a provider older than itself. */
export function providersOf(state: ReleaseState, name: string): readonly string[] {
  const { dependsOn = [] } = plannedOf(state, name);
  return dependsOn.filter((provider) => provider in state.services);
}

/**
 * From when on every provider has reached the present step; `null` while one is not even shown. Only going forward has
 * an order: a service that rolls back waits for no other (rule 10).
 */
export function providersReachedFrom(state: ReleaseState, name: string): number | null {
  if (state.phase !== 'shifting') return 0;
  let from = 0;
  for (const provider of providersOf(state, name)) {
    if (trafficGoal(state, provider) === null) continue;
    const reached = reachedFrom(state, provider);
    if (reached === null || !isShown(state, provider) || isUncertain(state, provider)) return null;
    from = Math.max(from, reached);
  }
  return from;
}

function isUncertain(state: ReleaseState, name: string): boolean {
  return serviceOf(state, name).routing.staleSince !== null;
}

/** The provider that this service waits for in the present step; `null` where it waits for none. */
export function awaitedProvider(state: ReleaseState, name: string): string | null {
  if (state.phase !== 'shifting' || isShown(state, name)) return null;
  return providersOf(state, name).find((provider) => !isShown(state, provider)) ?? null;
}
