import type { ReadCall, Routing, TrafficObservation } from '@bluegreen/contract';
import { drainOf } from './drain.js';
import type { Include } from './include-file.js';
import { inspect, liveFaults } from './inspection.js';
import type { Settings } from './settings.js';

/**
 * The state on disk, confirmed by the running nginx. Where the two differ, or where something is not ours, the routing
 * is `foreign` and the summary says what was found.
 */
export async function observe(settings: Settings, call: ReadCall): Promise<TrafficObservation> {
  const inspection = await inspect(settings, call.signal);
  const { state, includes } = inspection;
  const fault = liveFaults(settings, inspection)[0];
  const onDisk: Routing =
    state.routing.kind === 'foreign' ? foreign(state.routing.code, state.routing.summary) : state.routing;
  const routing = onDisk.kind !== 'foreign' && fault !== undefined ? foreign(fault.code, fault.detail) : onDisk;
  const drain =
    routing.kind === 'split' && state.generation !== null && state.committedAtMs !== null
      ? { drain: drainOf(settings, state.generation, state.committedAtMs) }
      : {};
  return {
    routing,
    revision: state.revision,
    ...(state.generation === null ? {} : { fence: state.generation.fence }),
    ...(fault === undefined ? { proof: 'proven' } : { proof: 'accepted' }),
    afterRestart: afterRestart(routing, includes),
    ...drain,
  };
}

/** State and marker are files and survive a restart; the include files decide whether nginx still follows them. */
function afterRestart(routing: Routing, includes: readonly Include[]): Routing {
  const broken = includes.find(({ status }) => status !== 'current');
  if (broken === undefined) return routing;
  return foreign(`nginx/include-${broken.status}`, broken.path);
}

function foreign(code: string, detail: string): Routing {
  return { kind: 'foreign', summary: `${code}: ${detail}` };
}
