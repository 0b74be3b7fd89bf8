import {
  type AnyPolicy,
  announce,
  type CommandFact,
  nextState,
  type ReleasePlan,
  type ReleaseState,
} from '@bluegreen/machine';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.js';
import type { PlannedFault } from '../faults/fault-plan.js';
import { type SimulatedRun, simulatedRun } from '../result/simulated-run.js';
import type { VersionBehaviour } from '../world/behaviour.js';
import { createWorld, type World } from '../world/create-world.js';
import { timeOfDayMs } from '../world/models/time-of-day.js';
import type { MetricsOptions, ServiceOptions, TrafficOptions } from '../world/world-options.js';
import type { LaterCommand, SimulatedPeople } from './people.js';
import { planOf, requestedFact, SimulatedJournal, type SimulatedRequest } from './simulated-release.js';
import { type TrafficRate, trafficOf } from './traffic-rate.js';

type ServiceParts = Pick<ServiceOptions, 'router' | 'environment' | 'dependencies' | 'incidents'>;

/** What `SimulateOptions` says of `web`, said of another service. */
export interface OtherService {
  readonly traffic?: TrafficRate | TrafficOptions;
  readonly candidate?: VersionBehaviour;
  readonly active?: VersionBehaviour | null;
  readonly service?: ServiceParts;
  readonly dependsOn?: readonly string[];
}

export interface SimulateOptions extends SimulatedPeople {
  readonly policy: AnyPolicy;
  /** The same seed gives the same bytes. Default 1. */
  readonly seed?: number;
  /** What users do: `'200rps'`, or everything about it. Default 100 requests per second. */
  readonly traffic?: TrafficRate | TrafficOptions;
  /** How the new version behaves. Default: healthy. */
  readonly candidate?: VersionBehaviour;
  /** How the old version behaves; `null`: a first deployment. Default: healthy. */
  readonly active?: VersionBehaviour | null;
  readonly faults?: readonly PlannedFault[];
  /** The rest of the simulated service: router, environment, what both slots lean on, and what befalls everybody. */
  readonly service?: ServiceParts;
  /** Services that `web` calls: they are shifted before it at every step. */
  readonly dependsOn?: readonly string[];
  /** More services of the same release, by name; the one above is `web`. */
  readonly others?: Readonly<Record<string, OtherService>>;
  /** Names of the hooks that change the database, before and after. */
  readonly migrations?: NonNullable<ReleasePlan['migrations']>;
  readonly metrics?: MetricsOptions;
  /** Time of the day, UTC, at which the release is requested: `'22:30'`. Default midnight. */
  readonly startsAt?: string;
  /** Gives up after so much simulated time. Default: 30 days. */
  readonly horizonMs?: number;
}

/** One release that was just requested in its own world, before anybody drives it. */
export interface Setting {
  readonly clock: VirtualClock;
  readonly world: World;
  readonly id: string;
  readonly plan: ReleasePlan;
  readonly journal: SimulatedJournal;
  readonly initial: ReleaseState;
  /** The instant at which the simulation is given up. */
  readonly horizon: number;
}

export const simulatedService = 'web';
const simulatedReleaseId = 'simulated-release';
const defaultHorizonMs = 30 * 86_400_000;

/**
 * @param startMs When the release is requested, instead of at a time of a day of the simulation.
 * @throws `policy/…`, `simulator/…`
 */
export function settingOf(options: SimulateOptions, startMs = startOf(options)): Setting {
  const clock = createVirtualClock(startMs === undefined ? {} : { startMs });
  const world = worldFor(options, clock);
  const id = simulatedReleaseId;
  const plan = planOf(world, requestOf(options, id), clock.now());
  const journal = new SimulatedJournal();
  const request = requestedFact(plan, id, clock.now());
  const initial = nextState(null, request);
  journal.append([request, ...announce(null, initial, request)], 1);
  const horizon = clock.now() + (options.horizonMs ?? defaultHorizonMs);
  return { clock, world, id, plan, journal, initial, horizon };
}

/** That time of the first day of 2026. */
function startOf({ startsAt }: SimulateOptions): number | undefined {
  return startsAt === undefined ? undefined : 1_767_225_600_000 + timeOfDayMs(startsAt, 'startsAt');
}

/** Every service of the release by name, as it was asked for. */
function servicesOf(options: SimulateOptions): Readonly<Record<string, OtherService>> {
  return { [simulatedService]: options, ...options.others };
}

function requestOf(options: SimulateOptions, id: string): SimulatedRequest {
  const versions: Record<string, string> = {};
  const dependsOn: Record<string, readonly string[]> = {};
  for (const [name, service] of Object.entries(servicesOf(options))) {
    versions[name] = 'v2';
    if (service.dependsOn !== undefined) dependsOn[name] = service.dependsOn;
  }
  const { policy, migrations } = options;
  return { id, policy, versions, dependsOn, ...(migrations === undefined ? {} : { migrations }) };
}

function serviceFor({ candidate = {}, active = {}, service = {}, traffic }: OtherService): ServiceOptions {
  return {
    ...service,
    traffic: trafficOf(traffic),
    versions: { v2: candidate, ...(active === null ? {} : { v1: active }) },
    start: active === null ? 'empty' : { active: 'blue', version: 'v1' },
  };
}

function worldFor(options: SimulateOptions, clock: VirtualClock): World {
  const services = Object.entries(servicesOf(options)).map(([name, service]) => [name, serviceFor(service)]);
  return createWorld({
    clock,
    seed: options.seed ?? 1,
    faults: options.faults ?? [],
    ...(options.metrics === undefined ? {} : { metrics: options.metrics }),
    services: Object.fromEntries(services),
  });
}

/** When to stop the clock: the release is over, or nothing more happens before the horizon. */
export function untilEnd({ clock, horizon }: Setting, isOver: () => boolean): () => boolean {
  return () => isOver() || (clock.nextDueAt() ?? horizon) >= horizon;
}

/** What a person does now: repairs what is to be repaired, and gives the command. */
export function carriedOut({ isHelp, make }: LaterCommand, { clock, world, plan }: Setting): CommandFact {
  if (isHelp) for (const name of Object.keys(plan.services)) world.repair(name);
  return make(clock.now());
}

/** @throws `simulator/no-end` */
export function finishedRun({ journal, world }: Setting, options: SimulateOptions, state: ReleaseState): SimulatedRun {
  const record = { seed: options.seed ?? 1, state, records: journal.records, ledger: world.ledger() };
  return simulatedRun(record, options, simulatedService);
}
