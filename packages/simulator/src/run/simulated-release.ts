import type { JournalRecord } from '@bluegreen/contract';
import { releaseResource } from '@bluegreen/contract';
import { openingsOf } from '@bluegreen/core/driving';
import { type AnyPolicy, compilePolicy, type Fact, type ReleaseEvent, type ReleasePlan } from '@bluegreen/machine';
import type { World } from '../world/create-world.js';

export interface SimulatedRequest {
  readonly id: string;
  readonly policy: AnyPolicy;
  readonly versions: Readonly<Record<string, string>>;
  /** By service: those that are shifted before it. */
  readonly dependsOn?: Readonly<Record<string, readonly string[]>>;
  readonly migrations?: NonNullable<ReleasePlan['migrations']>;
}

/** The plan of a simulated release: the same one that a releaser would make from the world's adapters. */
export function planOf(world: World, request: SimulatedRequest, nowMs: number): ReleasePlan {
  const { id, policy, versions, dependsOn = {}, migrations } = request;
  const compiled = compilePolicy(policy);
  const services: Record<string, ReleasePlan['services'][string]> = {};
  for (const name of Object.keys(versions).sort()) {
    const traffic = world.traffic(name);
    const environment = world.environment(name);
    const kind = compiled.cohort ?? traffic.capabilities.cohorts[0] ?? 'per-request';
    services[name] = {
      version: versions[name]!,
      ...(dependsOn[name] === undefined ? {} : { dependsOn: dependsOn[name] }),
      cohort: kind === 'redrawn' ? { kind, salt: id } : { kind },
      traffic: { name: traffic.name, resource: traffic.resource, capabilities: traffic.capabilities },
      environment: { name: environment.name, resource: environment.resource, capabilities: environment.capabilities },
    };
  }
  const openings = compiled.windows === undefined ? {} : { openings: openingsOf(compiled.windows, nowMs) };
  return { format: 1, policy: compiled, services, ...openings, ...(migrations === undefined ? {} : { migrations }) };
}

/** The epochs that one owner of this release holds. */
export function epochsOf(plan: ReleasePlan, releaseId: string, epoch: number): Readonly<Record<string, number>> {
  const epochs: Record<string, number> = { [releaseResource(releaseId)]: epoch };
  for (const { traffic, environment } of Object.values(plan.services)) {
    epochs[traffic.resource] = epoch;
    epochs[environment.resource] = epoch;
  }
  return epochs;
}

export function requestedFact(
  plan: ReleasePlan,
  id: string,
  at: number,
): Fact & { readonly type: 'release-requested' } {
  return { type: 'release-requested', at, id, requestedBy: 'simulation', plan };
}

export function resumedFact(
  plan: ReleasePlan,
  id: string,
  owner: string,
  epoch: number,
  absentMs: number,
  at: number,
): Fact {
  return { type: 'orchestrator-resumed', at, owner, absentMs, epochs: epochsOf(plan, id, epoch) };
}

/** A journal in the simulator: the same records that a real one holds. */
export class SimulatedJournal {
  readonly records: JournalRecord<ReleaseEvent>[] = [];

  append(events: readonly ReleaseEvent[], epoch: number): void {
    for (const event of events) this.records.push({ seq: this.records.length + 1, epoch, event });
  }
}
