import type { EnvironmentAdapter, MetricSource, Slot, TrafficAdapter } from '@bluegreen/contract';
import { fail } from '../failure.js';
import type { CallFault, Operation, WorldFault } from '../faults/fault-plan.js';
import { FaultSchedule } from '../faults/fault-schedule.js';
import { validateFaults } from '../faults/validate-faults.js';
import { keyedStreams } from '../random/keyed-streams.js';
import { environmentAdapter, metricSource, type PromisedCheck, promisedCheck, trafficAdapter } from './adapters.js';
import type { Ledger } from './ledger.js';
import { LedgerBook } from './ledger-book.js';
import { type Operations, operationsOf } from './operations.js';
import { printLedger } from './print-ledger.js';
import { repairService } from './repair.js';
import { type RepeatedCalls, repeatedCallsOf } from './repeated-calls.js';
import { resolveMetrics, resolveService } from './resolved-options.js';
import { SimulatedService } from './simulated-service.js';
import { type CallerOptions, serviceOf, triggerFault, type WorldCore } from './world-core.js';
import { applyWorldFault, killSlot } from './world-faults.js';
import type { WorldOptions } from './world-options.js';

/** Simulated environments, routers, users and metrics, all on one clock. */
export interface World {
  /** Everything with callbacks, for a synchronous driver. */
  readonly operations: Operations;
  /** For a driver that goes through time in which nothing happens. */
  readonly repeatedCalls: RepeatedCalls;
  /** The same with promises: the adapters of the contract. */
  traffic(service: string, caller?: CallerOptions): TrafficAdapter;
  environment(service: string, caller?: CallerOptions): EnvironmentAdapter;
  readonly metrics: MetricSource;
  readonly check: PromisedCheck;
  /** Lets a fault happen now: to one service, or to all. */
  inject(fault: WorldFault, service?: string): void;
  /**
   * The next calls of an operation go wrong, on any service: one, unless told. The returned function takes back what is
   * left of it.
   */
  disturb(operation: Operation, fault: CallFault, times?: number): () => void;
  /** Every instance of a slot dies: for good, or for a while. */
  crash(service: string, slot: Slot, forMs?: number): void;
  /** A person repairs a service: a routing that is gone is as it last was, instances that died for good start again. */
  repair(service: string): void;
  /** Everything that happened up to now. Reading it changes nothing. */
  ledger(): Ledger;
}

/** @throws `simulator/world-invalid`, `simulator/fault-invalid` */
export function createWorld(options: WorldOptions): World {
  const { clock, seed } = options;
  if (!Number.isSafeInteger(seed))
    throw fail('simulator/world-invalid', { path: 'seed', detail: `${seed} is no whole number` });
  const resolved = Object.entries(options.services).map(([name, given]) => resolveService(name, given));
  const faults = options.faults ?? [];
  validateFaults(
    faults,
    Object.fromEntries(
      resolved.map(({ name, router, environment }) => [
        name,
        { route: router.capabilities.lateWriteMs, converge: environment.capabilities.lateWriteMs },
      ]),
    ),
  );
  const metrics = resolveMetrics(options.metrics);
  const book = new LedgerBook(clock);
  const streams = keyedStreams(seed);
  const core: WorldCore = {
    clock,
    metrics,
    book,
    schedule: new FaultSchedule(faults),
    services: new Map(
      resolved.map((service) => [service.name, new SimulatedService(service, metrics, clock, streams, book)]),
    ),
  };
  for (const timed of core.schedule.timed) {
    clock.setTimeout(() => triggerFault(core, timed, null), timed.time);
  }
  return worldOf(core, seed, clock.now());
}

function worldOf(core: WorldCore, seed: number, startedAt: number): World {
  const operations = operationsOf(core);
  return {
    operations,
    repeatedCalls: repeatedCallsOf(core),
    traffic: (service, caller = {}) => trafficAdapter(operations, serviceOf(core, service).options, caller),
    environment: (service, caller = {}) => environmentAdapter(operations, serviceOf(core, service).options, caller),
    metrics: metricSource(operations, {}),
    check: promisedCheck(operations, {}),
    inject: (fault, service) => applyWorldFault(core, fault, service ?? null),
    disturb: (operation, fault, times = 1) => core.schedule.disturb(operation, fault, times),
    crash: (service, slot, forMs) => {
      const crashed = serviceOf(core, service);
      core.book.fault('crash', service);
      killSlot(crashed, slot, forMs ?? null);
    },
    repair: (service) => repairService(serviceOf(core, service), core.book),
    ledger: () => printLedger(core, seed, startedAt),
  };
}
