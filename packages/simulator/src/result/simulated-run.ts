import type { JournalRecord, Slot } from '@bluegreen/contract';
import { outcomeOf, type ReleaseOutcome } from '@bluegreen/core/driving';
import type { ReleaseEvent, ReleaseState } from '@bluegreen/machine';
import { fail } from '../failure.js';
import type { SimulateOptions } from '../run/setting.js';
import type { Ledger, SlotTotals } from '../world/ledger.js';
import { assumptionsOf } from './assumptions.js';
import { costOf, type RunCost } from './cost.js';
import { impactOf, type UserImpact } from './impact.js';
import { type Timeline, timelineOf } from './timeline.js';

/** What a simulation leaves behind: its journal, and what the judge saw. */
export interface RunRecord {
  readonly seed: number;
  readonly state: ReleaseState;
  readonly records: readonly JournalRecord<ReleaseEvent>[];
  readonly ledger: Ledger;
}

/** One simulated release, over. */
export interface SimulatedRun extends RunRecord {
  readonly outcome: ReleaseOutcome;
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

/** @throws `simulator/no-end` */
export function simulatedRun(record: RunRecord, options: SimulateOptions, service: string): SimulatedRun {
  const { seed, state, records, ledger } = record;
  const outcome = outcomeOf(state);
  if (outcome === null) throw fail('simulator/no-end', { detail: `seed ${seed}, still ${state.phase}` });
  const totals = ledger.services[service]!;
  return {
    ...record,
    outcome,
    timeline: timelineOf(records, ledger, service),
    requests: totals.slots,
    impact: impactOf(records, ledger, service, options.active?.errorRate ?? 0),
    cost: costOf(totals),
    assumed: assumptionsOf(options, state.plan.policy),
  };
}
