import type { JournalRecord, Slot } from '@bluegreen/contract';
import { outcomeOf, type ReleaseOutcome } from '@bluegreen/core/driving';
import {
  type AnyPolicy,
  announce,
  type CommandFact,
  nextState,
  type ReleaseEvent,
  type ReleasePlan,
  type ReleaseState,
} from '@bluegreen/machine';
import { createVirtualClock, type VirtualClock } from '../clock/virtual-clock.js';
import { fail } from '../failure.js';
import type { PlannedFault } from '../faults/fault-plan.js';
import { assumptionsOf } from '../result/assumptions.js';
import { costOf, type RunCost } from '../result/cost.js';
import { impactOf, type UserImpact } from '../result/impact.js';
import { type Timeline, timelineOf } from '../result/timeline.js';
import type { VersionBehaviour } from '../world/behaviour.js';
import { createWorld, type World } from '../world/create-world.js';
import type { Ledger, SlotTotals } from '../world/ledger.js';
import type { ServiceOptions, TrafficOptions } from '../world/world-options.js';
import type { LaterCommand, SimulatedPeople } from './people.js';
import { planOf, requestedFact, SimulatedJournal } from './simulated-release.js';
import { type TrafficRate, trafficOf } from './traffic-rate.js';

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
  /** The rest of the simulated service: router and environment. */
  readonly service?: Pick<ServiceOptions, 'router' | 'environment'>;
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
  readonly timeline: Timeline;
  /** Requests that each slot got. */
  readonly requests: Readonly<Record<Slot, SlotTotals>>;
  readonly impact: UserImpact;
  readonly cost: RunCost;
  /** What nobody said and the simulation took for granted, in words. */
  readonly assumed: readonly string[];
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

/** @throws `policy/…`, `simulator/…` */
export function settingOf(options: SimulateOptions): Setting {
  const clock = createVirtualClock();
  const world = worldFor(options, clock);
  const id = simulatedReleaseId;
  const plan = planOf(world, { id, policy: options.policy, versions: { [simulatedService]: 'v2' } });
  const journal = new SimulatedJournal();
  const request = requestedFact(plan, id, clock.now());
  const initial = nextState(null, request);
  journal.append([request, ...announce(null, initial, request)], 1);
  const horizon = clock.now() + (options.horizonMs ?? defaultHorizonMs);
  return { clock, world, id, plan, journal, initial, horizon };
}

function worldFor(options: SimulateOptions, clock: VirtualClock): World {
  const { candidate = {}, active = {}, service = {}, traffic } = options;
  return createWorld({
    clock,
    seed: options.seed ?? 1,
    faults: options.faults ?? [],
    services: {
      [simulatedService]: {
        ...service,
        traffic: trafficOf(traffic),
        versions: { v2: candidate, ...(active === null ? {} : { v1: active }) },
        start: active === null ? 'empty' : { active: 'blue', version: 'v1' },
      },
    },
  });
}

/** When to stop the clock: the release is over, or nothing more happens before the horizon. */
export function untilEnd({ clock, horizon }: Setting, isOver: () => boolean): () => boolean {
  return () => isOver() || (clock.nextDueAt() ?? horizon) >= horizon;
}

/** What a person does now: repairs what is to be repaired, and gives the command. */
export function carriedOut({ isHelp, make }: LaterCommand, { clock, world }: Setting): CommandFact {
  if (isHelp) world.repair(simulatedService);
  return make(clock.now());
}

/** @throws `simulator/no-end` */
export function finishedRun(setting: Setting, options: SimulateOptions, state: ReleaseState): SimulatedRun {
  const { seed = 1, active } = options;
  const outcome = outcomeOf(state);
  if (outcome === null) throw fail('simulator/no-end', { detail: `seed ${seed}, still ${state.phase}` });
  const { records } = setting.journal;
  const ledger = setting.world.ledger();
  const totals = ledger.services[simulatedService]!;
  return {
    seed,
    outcome,
    state,
    records,
    ledger,
    timeline: timelineOf(records, ledger, simulatedService),
    requests: totals.slots,
    impact: impactOf(records, ledger, simulatedService, active?.errorRate ?? 0),
    cost: costOf(totals),
    assumed: assumptionsOf(options, setting.plan.policy),
  };
}
