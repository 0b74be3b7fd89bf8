import { type ReadCall, slots, type TrafficObservation } from '@bluegreen/contract';
import type { Reading } from './collection.js';
import type { GatewaySettings } from './gateway-options.js';
import {
  followRoute,
  type RouteState,
  readRouteState,
  readSlotEndpoints,
  routesOf,
  type SlotEndpoints,
} from './route-state.js';
import type { Settling } from './settling.js';

/** How long one read waits for the controller of the Gateway. */
const controllersMs = 250;

/** What the rules say, and whether the Gateways have taken them. */
export async function observeRoute(
  settings: GatewaySettings,
  settling: Settling,
  { signal, mayLag = false }: ReadCall,
): Promise<TrafficObservation> {
  const { clock } = settings.cluster;
  const reading: Reading = { signal, fresh: !mayLag };
  let state = await readRouteState(settings, reading);
  const until = clock.now() + controllersMs;
  while (mayLag && isUnderWay(state) && clock.now() < until && !signal.aborted) {
    await routesOf(settings).changed(until - clock.now(), signal);
    state = await readRouteState(settings, reading);
  }
  return toObservation(settling, state, await readSlotEndpoints(settings, { signal, fresh: false }));
}

function isUnderWay(state: RouteState): boolean {
  return state.routing.kind === 'split' && followRoute(state).kind === 'not-yet';
}

function toObservation(
  settling: Settling,
  state: RouteState,
  endpoints: Readonly<Record<'blue' | 'green', SlotEndpoints>>,
): TrafficObservation {
  const { routing, revision, mark } = state;
  const following = followRoute(state);
  const isProven = settling.isProven(revision, following);
  const [blue, green] = slots.map((slot) => seenBy(endpoints[slot]));
  return {
    routing,
    revision,
    ...(mark === null ? {} : { fence: mark.fence }),
    proof: isProven ? 'proven' : 'accepted',
    // What a Gateway has not taken over it does not do: it does what it did before.
    ...(following.kind === 'not-yet' && routing.kind === 'split'
      ? { afterRestart: { kind: 'foreign', summary: `kubernetes/not-converged: ${following.summary}` } }
      : {}),
    health: { blue: blue!, green: green! },
  };
}

/** A slot is whole when routers know of every pod that is ready. */
function seenBy({ ready, missing }: SlotEndpoints): { readonly healthy: number; readonly total: number } {
  return { healthy: ready, total: ready + missing };
}
