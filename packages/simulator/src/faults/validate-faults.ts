import { fail } from '../failure.js';
import { faultCatalogue } from './catalogue.js';
import type { PlannedFault } from './fault-plan.js';

/** What a plan is held against: per service, how late a write may land. */
export type LateWrites = Readonly<Record<string, { readonly route: number; readonly converge: number }>>;

/** @throws `simulator/fault-invalid` with the place in the plan, for a fault that could never happen as written. */
export function validateFaults(faults: readonly PlannedFault[], services: LateWrites): void {
  faults.forEach((planned, index) => {
    const problem = problemOf(planned, services);
    if (problem !== null) throw fail('simulator/fault-invalid', { path: `faults[${index}]`, detail: problem });
  });
}

function problemOf(planned: PlannedFault, services: LateWrites): string | null {
  const row = Object.hasOwn(faultCatalogue, planned.fault) ? faultCatalogue[planned.fault] : undefined;
  if (row === undefined) return `no fault is called ${JSON.stringify(planned.fault)}`;
  const { at } = planned;
  if (at.service !== undefined && !Object.hasOwn(services, at.service)) return `no service is called ${at.service}`;
  if ('time' in at) {
    if (row.operations !== null) return `${planned.fault} happens to a call, not at an instant`;
    return at.time >= 0 ? null : 'the time lies before the world began';
  }
  if (!(Number.isInteger(at.call) && at.call >= 1)) return 'calls are counted 1, 2, 3 …';
  if (row.operations !== null && !row.operations.includes(at.operation)) {
    return `${planned.fault} does not happen to ${at.operation}`;
  }
  return landsTooLate(planned, services);
}

function landsTooLate(planned: PlannedFault, services: LateWrites): string | null {
  const afterMs = 'lands' in planned && typeof planned.lands === 'object' ? planned.lands.afterMs : null;
  if (afterMs === null || !('operation' in planned.at)) return null;
  const operation = planned.at.operation === 'route' ? 'route' : 'converge';
  const concerned = planned.at.service === undefined ? Object.keys(services) : [planned.at.service];
  const most = Math.min(...concerned.map((service) => services[service]![operation]));
  return afterMs <= most ? null : `it lands after ${afterMs} ms, and lateWriteMs promises at most ${most}`;
}
