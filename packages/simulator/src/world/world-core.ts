import type { Clock, Fence, Slot } from '@bluegreen/contract';
import { fail } from '../failure.js';
import type { Operation } from '../faults/fault-plan.js';
import type { FaultSchedule, TriggeredFault } from '../faults/fault-schedule.js';
import type { CallRecord } from './ledger.js';
import type { LedgerBook } from './ledger-book.js';
import type { OpenedCall } from './operation.js';
import type { ResolvedMetrics } from './resolved-options.js';
import type { SimulatedService } from './simulated-service.js';
import { applyWorldFault } from './world-faults.js';

/** What all operations share. */
export interface WorldCore {
  readonly clock: Clock;
  readonly metrics: ResolvedMetrics;
  readonly book: LedgerBook;
  readonly schedule: FaultSchedule;
  readonly services: ReadonlyMap<string, SimulatedService>;
}

/** Who calls, and with what. */
export interface CallerOptions {
  /** Which orchestrator calls, for the ledger: `owner` unless told. Give every owner of a lease a name of its own. */
  readonly owner?: string;
}

export function serviceOf(core: WorldCore, name: string): SimulatedService {
  const service = core.services.get(name);
  if (service === undefined) throw fail('simulator/service-unknown', { detail: name });
  return service;
}

/** Counts and writes down one call, lets happen what the plan has just before it, and says what goes wrong with it. */
export function openCall(
  core: WorldCore,
  operation: Operation,
  service: string,
  slot: Slot | null,
  caller: CallerOptions & { readonly idempotencyKey?: string; readonly fence?: Fence },
  reaches: Readonly<Record<Slot, boolean>> | null = null,
): OpenedCall {
  const now = core.clock.now();
  const { call, fault, before } = core.schedule.take(operation, service, slot);
  for (const triggered of before) triggerFault(core, triggered, service);
  const record: CallRecord = {
    at: now,
    operation,
    service,
    slot,
    call,
    owner: caller.owner ?? 'owner',
    key: caller.idempotencyKey ?? null,
    fence: caller.fence ?? null,
    reaches,
    fault: fault?.fault ?? null,
    endedAt: null,
    begunAtEnd: null,
    outcome: null,
    isUnknown: false,
    landedAt: null,
  };
  core.book.begin(record);
  return { record, fault, book: core.book, isDown: core.schedule.isDown(now, operation, service) };
}

/** Lets a fault of the world happen now, or when its delay is over. */
export function triggerFault(core: WorldCore, triggered: TriggeredFault, calledService: string | null): void {
  const service = triggered.service ?? calledService;
  const apply = () => applyWorldFault(core, triggered.fault, service);
  if (triggered.delayMs > 0) core.clock.setTimeout(apply, triggered.delayMs);
  else apply();
}
