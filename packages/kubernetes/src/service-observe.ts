import { type ReadCall, type Slot, slots, type TrafficObservation } from '@bluegreen/contract';
import type { Reading } from './collection.js';
import type { ServiceSettings } from './service-options.js';
import { followService, readServiceState, type ServiceFollowing, type ServiceState } from './service-state.js';
import type { Settling } from './settling.js';

/**
 * How long one read waits for the controllers, which follow within some 10 ms where they are well. Also for a preview that
 * does not reach all its pods yet: nobody is harmed by that, but the release waits for it, and would ask much later.
 */
const controllersMs = 250;

/** What the selectors say, and whether the EndpointSlices follow them. */
export async function observeService(
  settings: ServiceSettings,
  settling: Settling,
  { signal, mayLag = false }: ReadCall,
): Promise<TrafficObservation> {
  const { cluster, namespace } = settings;
  const { clock } = cluster;
  const reading: Reading = { signal, fresh: !mayLag };
  let seen = await read(settings, reading);
  const until = clock.now() + controllersMs;
  while (mayLag && isUnderWay(seen) && clock.now() < until && !signal.aborted) {
    await cluster.objects('slices', namespace).changed(until - clock.now(), signal);
    seen = await read(settings, reading);
  }
  return toObservation(settling, seen.state, seen.followed);
}

interface Seen {
  readonly state: ServiceState;
  readonly followed: ServiceFollowing;
}

async function read(settings: ServiceSettings, reading: Reading): Promise<Seen> {
  const state = await readServiceState(settings, reading);
  return { state, followed: await followService(settings, state, reading) };
}

function isUnderWay({ state, followed }: Seen): boolean {
  return state.routing.kind === 'split' && followed.following.kind !== 'done';
}

function toObservation(
  settling: Settling,
  { routing, revision, mark }: ServiceState,
  { following, endpoints }: ServiceFollowing,
): TrafficObservation {
  const health = healthOf(endpoints);
  const isProven = settling.isProven(revision, following);
  return {
    routing,
    revision,
    ...(mark === null ? {} : { fence: mark.fence }),
    proof: isProven ? 'proven' : 'accepted',
    // As long as anything still gets connections that should not, no slot may be touched.
    ...(following.kind === 'not-yet' && routing.kind !== 'foreign'
      ? { afterRestart: { kind: 'foreign', summary: `kubernetes/not-converged: ${following.summary}` } }
      : {}),
    ...(health === null ? {} : { health }),
  };
}

/** Known only while one Service of ours selects each slot. */
function healthOf({ blue, green }: ServiceFollowing['endpoints']): NonNullable<TrafficObservation['health']> | null {
  if (blue === undefined || green === undefined) return null;
  const both = { blue, green };
  const health = (slot: Slot) => {
    const { right, missing } = both[slot];
    return { healthy: right, total: right + missing.length };
  };
  return Object.fromEntries(slots.map((slot) => [slot, health(slot)])) as NonNullable<TrafficObservation['health']>;
}
