import { type Slot, type TrafficAdapter, type TrafficCapabilities, trafficCapabilities } from '@bluegreen/contract';
import type { Right } from './access.js';
import { observeRoute } from './gateway-observe.js';
import { type GatewaySettings, type GatewayTrafficOptions, readGatewayOptions } from './gateway-options.js';
import { gatewayRights, preflightRoute } from './gateway-preflight.js';
import { routeRoute } from './gateway-route.js';
import { setUpRoute } from './gateway-setup.js';
import { Settling } from './settling.js';

/** Traffic through the weights of an HTTPRoute. */
export interface GatewayTraffic extends TrafficAdapter {
  /** What it needs to be allowed, for `permissions`. */
  readonly rights: readonly Right[];
  /**
   * Marks the route as ours and takes its rules over from whoever wrote them. Once per service; again after somebody
   * removed the mark. Never while a release runs.
   *
   * A rule that points at one slot's Service becomes one that splits. `adopt`: the slot that serves from then on; without
   * it the split serves nobody until the first release.
   */
  setup(options?: { readonly adopt?: Slot; readonly signal?: AbortSignal }): Promise<void>;
}

/**
 * The traffic of one HTTPRoute of the Gateway API, in tenths of a percent, with audiences and a preview by header.
 *
 * @throws `kubernetes/options-invalid` when an option cannot be used
 */
export function gatewayTraffic(options: GatewayTrafficOptions): GatewayTraffic {
  const settings = readGatewayOptions(options);
  const { cluster, namespace, route } = settings;
  const settling = new Settling(cluster.clock, settings.settleMs);
  return {
    contractVersion: 1,
    name: 'kubernetes-gateway',
    resource: `kubernetes:${cluster.name}/${namespace}/httproutes/${route}`,
    capabilities: capabilitiesOf(settings),
    rights: gatewayRights(settings),
    setup: ({ adopt, signal } = {}) => setUpRoute(settings, adopt ?? null, signal),
    preflight: (needs, call) => preflightRoute(settings, needs, call),
    observe: (call) => observeRoute(settings, settling, call),
    route: (target, expected, call) => routeRoute(settings, target, expected, call),
  };
}

function capabilitiesOf({ propagationMs, lateWriteMs, plan, mirror }: GatewaySettings): TrafficCapabilities {
  return trafficCapabilities({
    weightStepPercent: 0.1,
    // "An implementation may allow a small error" (gateway-api, BackendRef.weight) and says not how small.
    weightErrorPercent: 1,
    splitUnit: 'request',
    fencing: 'enforced',
    remembers: [],
    propagationMs,
    lateWriteMs,
    audiences: ['header'],
    cohorts: ['per-request'],
    mirror,
    preview: plan.preview !== null,
  });
}
