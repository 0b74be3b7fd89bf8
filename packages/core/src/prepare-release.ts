import {
  type Cohort,
  type Finding,
  fail,
  refusalOf,
  type TrafficNeeds,
  type TrafficObservation,
} from '@bluegreen/contract';
import { type CompiledPolicy, checkFit, type PlannedService, type ReleasePlan } from '@bluegreen/machine';
import type { Service } from './adapter-performer.js';
import { dependenciesOf } from './dependencies.js';
import type { Engine } from './engine.js';
import { migrationsOf } from './migrations.js';
import { openingsOf } from './openings.js';
import type { StartRequest } from './releaser-options.js';

export interface PreparedRelease {
  readonly plan: ReleasePlan;
  readonly findings: readonly Finding[];
  readonly routing: Readonly<Record<string, TrafficObservation>>;
}

/**
 * Reads everything that a release needs to know before anything moves: what the adapters can, what they find, and what
 * is routed now. Changes nothing.
 */
export async function prepareRelease(
  { services, hooks, clock, migrations }: Pick<Engine, 'services' | 'hooks' | 'clock' | 'migrations'>,
  request: Pick<StartRequest, 'versions' | 'parameters' | 'migrations' | 'acrossContracts'>,
  policy: CompiledPolicy,
  releaseId: string,
): Promise<PreparedRelease> {
  const names = Object.keys(request.versions).sort();
  if (names.length === 0) throw fail('release/service-unknown', { detail: 'no service named' });
  const planned: Record<string, PlannedService> = {};
  const routing: Record<string, TrafficObservation> = {};
  const findings: Finding[] = [];
  const signal = AbortSignal.timeout(policy.limits.callMs);
  const unknown = names.find((name) => services[name] === undefined);
  if (unknown !== undefined) {
    const known = Object.keys(services).sort().join(', ');
    throw fail('release/service-unknown', { detail: `${unknown}; known: ${known}` });
  }
  const dependencies = dependenciesOf(services, names);
  const declared = migrationsOf(request, hooks, policy);
  if (request.acrossContracts !== true) await migrations.refuseCrossing(request.versions);
  for (const name of names) {
    const service = services[name]!;
    const { traffic, environment } = service;
    planned[name] = plannedService(service, request, name, policy, releaseId, dependencies[name]!);
    const needs = trafficNeeds(policy, planned[name].cohort);
    const found = await Promise.all([
      traffic.preflight?.(needs, { signal }) ?? [],
      environment.preflight?.({ version: request.versions[name]!, atLeast: policy.prepare.capacity }, { signal }) ?? [],
    ]);
    findings.push(...found.flat().map((finding) => ({ service: name, ...finding })));
    routing[name] = await traffic.observe({ signal, mayLag: true });
  }
  const fits = Object.entries(planned).map(
    ([name, service]) => [name, { ...service, observed: routing[name]! }] as const,
  );
  findings.unshift(...checkFit(policy, Object.fromEntries(fits)));
  refuseMixedFirst(routing);
  const openings = policy.windows === undefined ? {} : { openings: openingsOf(policy.windows, clock.now()) };
  return { plan: { format: 1, policy, services: planned, ...declared, ...openings }, findings, routing };
}

/** Rule 9: what was never deployed has nothing to go back to, so it can't be undone together with what serves. */
function refuseMixedFirst(routing: Readonly<Record<string, TrafficObservation>>): void {
  const names = Object.keys(routing);
  const first = names.filter((name) => routing[name]!.routing.kind === 'unrouted');
  if (first.length === 0 || first.length === names.length) return;
  throw fail('release/first-deploy-mixed', { detail: `nothing is routed for ${first.join(', ')}` });
}

function plannedService(
  { traffic, environment }: Service,
  request: Pick<StartRequest, 'versions' | 'parameters'>,
  name: string,
  policy: CompiledPolicy,
  releaseId: string,
  dependsOn: readonly string[],
): PlannedService {
  const parameters = request.parameters?.[name];
  const kind = policy.cohort ?? traffic.capabilities.cohorts[0] ?? 'per-request';
  const cohort: Cohort = kind === 'redrawn' ? { kind, salt: releaseId } : { kind };
  return {
    version: request.versions[name]!,
    ...(parameters === undefined ? {} : { parameters }),
    ...(dependsOn.length === 0 ? {} : { dependsOn }),
    cohort,
    traffic: { name: traffic.name, resource: traffic.resource, capabilities: traffic.capabilities },
    environment: { name: environment.name, resource: environment.resource, capabilities: environment.capabilities },
  };
}

function trafficNeeds(policy: CompiledPolicy, cohort: Cohort): TrafficNeeds {
  return {
    audiences: Object.entries(policy.audiences).map(([name, match]) => ({ name, match })),
    cohort: cohort.kind,
    preview: false,
    mirror: policy.shift.some(({ mirrorPercent }) => mirrorPercent !== undefined),
    percents: policy.shift.map(({ percent }) => percent),
  };
}

/**
 * Throws the first finding that stands in the way of a release, under its own code; `findings` of the error has all.
 *
 * @throws `policy/capability-…`, and the codes of the adapters' own findings
 */
export function refuseFindings(findings: readonly Finding[]): void {
  const error = refusalOf(findings);
  if (error !== null) throw error;
}
