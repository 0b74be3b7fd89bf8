import { type Slot, type TrafficAdapter, type TrafficCapabilities, trafficCapabilities } from '@bluegreen/contract';
import type { Right } from './access.js';
import { observeService } from './service-observe.js';
import { readServiceOptions, type ServiceSettings, type ServiceTrafficOptions } from './service-options.js';
import { preflightService, serviceRights } from './service-preflight.js';
import { routeService } from './service-route.js';
import { setUpService } from './service-setup.js';
import { Settling } from './settling.js';

/** Traffic through the selector of a Service: all or nothing, and nothing else to install. */
export interface ServiceTraffic extends TrafficAdapter {
  /** What it needs to be allowed, for `permissions`. */
  readonly rights: readonly Right[];
  /**
   * Marks the Services as ours and takes their selectors over from whoever wrote them. Once per service; again after
   * somebody removed the mark. Never while a release runs.
   *
   * `adopt`: the slot that serves from then on; give it for a service that runs already, when the pods of that slot
   * carry the slot label. Without it the Services select nobody until the first release.
   */
  setup(options?: { readonly adopt?: Slot; readonly signal?: AbortSignal }): Promise<void>;
}

/**
 * The traffic of one Service, switched by its selector.
 *
 * @throws `kubernetes/options-invalid` when an option cannot be used
 */
export function serviceTraffic(options: ServiceTrafficOptions): ServiceTraffic {
  const settings = readServiceOptions(options);
  const settling = new Settling(settings.cluster.clock, settings.settleMs);
  const { cluster, namespace, service } = settings;
  return {
    contractVersion: 1,
    name: 'kubernetes-service',
    resource: `kubernetes:${cluster.name}/${namespace}/services/${service}`,
    capabilities: capabilitiesOf(settings),
    rights: serviceRights(settings),
    setup: ({ adopt, signal } = {}) => setUpService(settings, adopt ?? null, signal),
    preflight: (needs, call) => preflightService(settings, needs, call),
    observe: (call) => observeService(settings, settling, call),
    route: (target, expected, call) => routeService(settings, target, expected, call),
  };
}

function capabilitiesOf({ propagationMs, lateWriteMs, preview }: ServiceSettings): TrafficCapabilities {
  return trafficCapabilities({
    weightStepPercent: 100,
    weightErrorPercent: 0,
    // Connections that are open stay where they are.
    splitUnit: 'connection',
    fencing: 'enforced',
    remembers: [],
    propagationMs,
    lateWriteMs,
    audiences: [],
    cohorts: ['per-request'],
    mirror: false,
    preview: preview !== null,
  });
}
