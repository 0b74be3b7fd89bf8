import type { JournalRecord } from '@bluegreen/contract';
import { outcomeOf, type ReleaseOutcome, ReleaseProcess, SyncDriver } from '@bluegreen/core/driving';
import { type AnyPolicy, announce, nextState, type ReleaseEvent, type ReleaseState } from '@bluegreen/machine';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.js';
import type { PlannedFault } from '../faults/fault-plan.js';
import type { VersionBehaviour } from '../world/behaviour.js';
import { createWorld, type World } from '../world/create-world.js';
import type { Ledger } from '../world/ledger.js';
import type { ServiceOptions } from '../world/world-options.js';
import {
  answers,
  epochsOf,
  planOf,
  requestedFact,
  resumedFact,
  type SimulatedApproval,
  SimulatedJournal,
} from './simulated-release.js';
import { worldPerformer } from './world-performer.js';

export interface SimulateOptions {
  readonly policy: AnyPolicy;
  /** The same seed gives the same bytes. Default 1. */
  readonly seed?: number;
  /** Requests per second of users. Default 100. */
  readonly requestsPerSecond?: number;
  /** How the new version behaves. Default: healthy. */
  readonly candidate?: VersionBehaviour;
  /** How the old version behaves; `null`: a first deployment. Default: healthy. */
  readonly active?: VersionBehaviour | null;
  /** What approvals get. Default: granted after a minute. */
  readonly approval?: SimulatedApproval;
  readonly faults?: readonly PlannedFault[];
  /** The rest of the simulated service: router, environment, users. */
  readonly service?: Pick<ServiceOptions, 'router' | 'environment' | 'traffic'>;
  /** Gives up after so much simulated time. Default: 30 days. */
  readonly horizonMs?: number;
}

/** One simulated release, over. */
export interface SimulatedRun {
  readonly seed: number;
  readonly outcome: ReleaseOutcome;
  readonly state: ReleaseState;
  readonly records: readonly JournalRecord<ReleaseEvent>[];
  /** What an omniscient judge saw. */
  readonly ledger: Ledger;
}

export const simulatedService = 'web';
export const simulatedReleaseId = 'simulated-release';
const defaultHorizonMs = 30 * 86_400_000;

/**
 * Runs one release of a policy in virtual time: the machine, the gates and the runner are those of production; only the
 * clock, the adapters and the metrics are simulated. Synchronous; a bad version costs nobody anything.
 *
 * @throws `policy/…`, `simulator/…`
 */
export function simulate(options: SimulateOptions): SimulatedRun {
  const clock = createVirtualClock();
  const world = worldFor(options, clock);
  const id = simulatedReleaseId;
  const plan = planOf(world, { id, policy: options.policy, versions: { [simulatedService]: 'v2' } });
  const journal = new SimulatedJournal();
  const request = requestedFact(plan, id, clock.now());
  const initial = nextState(null, request);
  journal.append([request, ...announce(null, initial, request)], 1);
  const process = new ReleaseProcess(initial);
  const approval = options.approval ?? { afterMs: 60_000 };
  let isOver = false;
  const driver: SyncDriver = new SyncDriver({
    process,
    clock,
    performer: performerFor(world, clock, plan, 1),
    append(events) {
      journal.append(events, 1);
      for (const { afterMs, make } of answers(events, approval)) {
        clock.setTimeout(() => driver.give([make(clock.now())]), afterMs);
      }
    },
    onEnd: () => {
      isOver = true;
    },
  });
  driver.give([resumedFact(plan, id, 'owner-1', 1, 0, clock.now())]);
  runToEnd(clock, () => isOver, options.horizonMs ?? defaultHorizonMs);
  return finished(options, process.state, journal, world);
}

export function worldFor(options: SimulateOptions, clock: VirtualClock): World {
  const { candidate = {}, active = {}, service = {}, requestsPerSecond } = options;
  return createWorld({
    clock,
    seed: options.seed ?? 1,
    faults: options.faults ?? [],
    services: {
      [simulatedService]: {
        ...service,
        traffic: { ...service.traffic, ...(requestsPerSecond === undefined ? {} : { requestsPerSecond }) },
        versions: { v2: candidate, ...(active === null ? {} : { v1: active }) },
        start: active === null ? 'empty' : { active: 'blue', version: 'v1' },
      },
    },
  });
}

export function performerFor(world: World, clock: VirtualClock, plan: ReturnType<typeof planOf>, epoch: number) {
  const services = Object.entries(plan.services);
  return worldPerformer({
    operations: world.operations,
    clock,
    owner: `owner-${epoch}`,
    epochs: epochsOf(plan, simulatedReleaseId, epoch),
    routers: Object.fromEntries(services.map(([name, { traffic }]) => [name, traffic.resource])),
    environments: Object.fromEntries(services.map(([name, { environment }]) => [name, environment.resource])),
  });
}

/** Runs the clock until the release is over, or until the horizon. */
export function runToEnd(clock: VirtualClock, isOver: () => boolean, horizonMs: number): void {
  const horizon = clock.now() + horizonMs;
  clock.runUntil(() => isOver() || (clock.nextDueAt() ?? horizon) >= horizon);
}

export function finished(
  options: SimulateOptions,
  state: ReleaseState,
  journal: SimulatedJournal,
  world: World,
): SimulatedRun {
  const outcome = outcomeOf(state);
  if (outcome === null)
    throw new Error(`seed ${options.seed ?? 1}: the release is still ${state.phase} at the horizon`);
  return { seed: options.seed ?? 1, outcome, state, records: journal.records, ledger: world.ledger() };
}
