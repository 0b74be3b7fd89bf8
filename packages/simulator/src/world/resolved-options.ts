import type { EnvironmentCapabilities, TrafficCapabilities } from '@bluegreen/contract';
import { fail } from '../failure.js';
import { type Behaviour, behaviourOf } from './behaviour.js';
import type {
  DependencyOptions,
  EnvironmentOptions,
  IncidentOptions,
  LingeringOptions,
  MetricsOptions,
  RouterOptions,
  ServiceOptions,
  StartOptions,
  TrafficOptions,
} from './world-options.js';

export interface ResolvedRouter extends Required<Omit<RouterOptions, 'capabilities' | 'lingering'>> {
  readonly lingering: LingeringOptions | null;
  readonly capabilities: TrafficCapabilities;
}

export interface ResolvedEnvironment extends Required<Omit<EnvironmentOptions, 'capabilities'>> {
  readonly capabilities: EnvironmentCapabilities;
}

/** One service with every default filled in. */
export interface ResolvedService {
  readonly name: string;
  readonly traffic: Required<Omit<TrafficOptions, 'burstShape'>> & { readonly burstShape: number | null };
  readonly versions: Readonly<Record<string, Behaviour>>;
  readonly start: (Required<Omit<StartOptions, 'standby'>> & { readonly standby: string | null }) | null;
  readonly router: ResolvedRouter;
  readonly environment: ResolvedEnvironment;
  readonly dependencies: Readonly<Record<string, DependencyOptions>>;
  readonly incidents: IncidentOptions | null;
}

export type ResolvedMetrics = Required<MetricsOptions>;

const usualEdgesMs: readonly number[] = [
  25, 50, 75, 100, 125, 150, 200, 250, 300, 400, 500, 750, 1_000, 2_000, 5_000, 10_000,
];

/** @throws `simulator/world-invalid` with the path of the option. */
export function resolveService(name: string, given: ServiceOptions): ResolvedService {
  const resolved: ResolvedService = {
    name,
    traffic: {
      requestsPerSecond: 100,
      dailySwing: 0,
      audiencePercent: {},
      longestRequestMs: 1_000,
      burstShape: null,
      surges: [],
      people: {},
      endpointPercent: {},
      slowMs: 1_000,
      ...given.traffic,
    },
    versions: Object.fromEntries(
      Object.entries(given.versions ?? {}).map(([version, behaviour]) => [version, behaviourOf(behaviour)]),
    ),
    start:
      given.start === 'empty' || given.start === undefined ? null : { standby: null, instances: 3, ...given.start },
    router: resolveRouter(name, given.router ?? {}),
    environment: resolveEnvironment(name, given.environment ?? {}),
    dependencies: given.dependencies ?? {},
    incidents: given.incidents ?? null,
  };
  refuseImpossible(resolved);
  return resolved;
}

export function resolveMetrics(given: MetricsOptions = {}): ResolvedMetrics {
  const resolved = {
    scrapeMs: 15_000,
    lagMs: 0,
    lagJitterMs: 0,
    gapShare: 0,
    gapMeanMs: 300_000,
    noise: 0,
    startsWithFirst: false,
    retentionMs: 86_400_000,
    latencyMs: 50,
    ...given,
    edgesMs: [...(given.edgesMs ?? usualEdgesMs), Number.POSITIVE_INFINITY],
  };
  if (!(resolved.scrapeMs >= 1)) throw invalid('metrics.scrapeMs', 'at least 1 ms must lie between two samples');
  return resolved;
}

function resolveRouter(name: string, given: RouterOptions): ResolvedRouter {
  const capabilities: TrafficCapabilities = {
    weightStepPercent: 0.1,
    weightErrorPercent: 0,
    splitUnit: 'request',
    fencing: 'enforced',
    remembers: ['candidate', 'fallback'],
    propagationMs: 0,
    lateWriteMs: 0,
    audiences: ['header', 'cookie', 'source-range'],
    cohorts: ['per-request', 'bound', 'sticky', 'redrawn'],
    mirror: true,
    preview: true,
    ...given.capabilities,
  };
  return {
    resource: `simulated-router:${name}`,
    proof: 'accepted',
    afterRestart: 'durable',
    drain: 'counted',
    reportsHealth: false,
    registrationMs: 0,
    deregistrationMs: 0,
    missShare: 0,
    lingering: null,
    routers: capabilities.propagationMs > 0 ? 2 : 1,
    latencyMs: 50,
    ...given,
    capabilities,
  };
}

function resolveEnvironment(name: string, given: EnvironmentOptions): ResolvedEnvironment {
  return {
    resource: `simulated-environment:${name}`,
    instances: 3,
    reportsDrain: false,
    latencyMs: 50,
    ...given,
    capabilities: {
      fencing: 'enforced',
      autoscaling: true,
      workers: true,
      capacity: true,
      lateWriteMs: 0,
      ...given.capabilities,
    },
  };
}

function refuseImpossible({ name, router, traffic, versions }: ResolvedService): void {
  const at = `services.${name}`;
  if (router.afterRestart === 'fallback' && !router.capabilities.remembers.includes('fallback')) {
    throw invalid(`${at}.router.afterRestart`, 'a router that does not remember its fallback cannot fall back to it');
  }
  if (!(Number.isInteger(router.routers) && router.routers >= 1)) {
    throw invalid(`${at}.router.routers`, 'at least one router has to be there');
  }
  if (router.capabilities.propagationMs > 0 && router.routers < 2) {
    throw invalid(`${at}.router.routers`, 'propagation takes at least two routers');
  }
  if (!(traffic.requestsPerSecond >= 0 && traffic.dailySwing >= 0 && traffic.dailySwing <= 1)) {
    throw invalid(`${at}.traffic`, 'rates are not negative, and a swing lies between 0 and 1');
  }
  const groups = Object.values(traffic.people.groups ?? {});
  if (sum(groups.map(({ percent }) => percent)) > 100 || groups.some(({ percent }) => !(percent >= 0))) {
    throw invalid(`${at}.traffic.people`, 'all groups together are at most 100 percent');
  }
  if (sum(Object.values(traffic.audiencePercent)) > 100) {
    throw invalid(`${at}.traffic.audiencePercent`, 'all audiences together are at most 100 percent');
  }
  for (const [version, behaviour] of Object.entries(versions)) {
    if (
      !isShare(behaviour.errorRate) ||
      !isShare(behaviour.onset?.errorRate ?? 0) ||
      !isShare(behaviour.boot.failureRate)
    ) {
      throw invalid(`${at}.versions.${version}`, 'rates lie between 0 and 1');
    }
  }
}

function isShare(value: number): boolean {
  return value >= 0 && value <= 1;
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}

function invalid(path: string, detail: string) {
  return fail('simulator/world-invalid', { path, detail });
}
