import type { CallFault, Operation, PlannedFault } from '../faults/fault-plan.js';
import { keyedStreams } from '../random/keyed-streams.js';
import type { Ledger } from '../world/ledger.js';
import { distinct } from './boundaries.js';
import type { Crash } from './crash.js';
import { callFaultVariants, worldFaultVariants } from './fault-variants.js';
import type { PlannedCommand } from './people.js';
import { type SimulateOptions, simulatedService } from './setting.js';
import type { SimulatedHistory } from './simulated-history.js';

/** Everything that goes wrong in one run: plain data, to be printed and played again. */
export interface Trouble {
  readonly faults: readonly PlannedFault[];
  readonly crashes: readonly Crash[];
  /** What people say meanwhile; absent: nothing. */
  readonly commands?: readonly PlannedCommand[];
}

/** A moment, a restart, the life of a lease, an hour. */
export const absencesMs = [0, 1_000, 30_000, 3_600_000] as const;

/** A crash at every boundary of this run, with every absence. */
export function crashTroubles({ boundaries }: SimulatedHistory): readonly Trouble[] {
  return distinct(boundaries).flatMap(({ index }) =>
    absencesMs.map((absentMs) => ({ faults: [], crashes: [{ boundary: index, absentMs }] })),
  );
}

/** Every fault of the catalogue at every call of this run, and every fault of the world before each of its calls. */
export function faultTroubles(options: SimulateOptions, { ledger }: SimulatedHistory): readonly Trouble[] {
  return numberedCalls(ledger).flatMap(({ at, lateWriteMs }) => {
    const faults = [...callFaultVariants(at.operation, lateWriteMs(options)), ...worldFaultVariants()];
    return faults.map((fault) => ({ faults: [{ at, ...fault } as PlannedFault], crashes: [] }));
  });
}

/** Pairs of a fault and a crash, drawn by the seed. Boundaries are those of the run without the fault, or just beyond. */
export function pairTroubles(
  options: SimulateOptions,
  history: SimulatedHistory,
  seed: number,
  count: number,
): readonly Trouble[] {
  const faults = faultTroubles(options, history);
  const key = keyedStreams(seed).key('pairs');
  return Array.from({ length: count }, (_, index) => {
    const stream = key.at(index);
    const fault = faults[Math.floor(stream.uniform() * faults.length)]!;
    const boundary = 1 + Math.floor(stream.uniform() * history.boundaries.length * 1.2);
    const absentMs = absencesMs[Math.floor(stream.uniform() * absencesMs.length)]!;
    return { faults: fault.faults, crashes: [{ boundary, absentMs }] };
  });
}

interface NumberedCall {
  readonly at: { readonly operation: Operation; readonly call: number; readonly service?: string };
  lateWriteMs(options: SimulateOptions): number;
}

function numberedCalls(ledger: Ledger): readonly NumberedCall[] {
  const isAlone = Object.keys(ledger.services).length === 1;
  return ledger.calls.map(({ operation, service: name, call }) => {
    const lateWriteMs = (options: SimulateOptions): number => {
      const { service } = name === simulatedService ? options : options.others![name]!;
      return (operation === 'route' ? service?.router : service?.environment)?.capabilities?.lateWriteMs ?? 0;
    };
    return { at: { operation, call, ...(isAlone ? {} : { service: name }) }, lateWriteMs };
  });
}

/** One part less of it, in every way; nothing for what has one part only. */
export function simpler({ faults, crashes, commands = [] }: Trouble): readonly Trouble[] {
  if (faults.length + crashes.length + commands.length <= 1) return [];
  const said = commands.length === 0 ? {} : { commands };
  return [
    ...faults.map((left) => ({ faults: faults.filter((fault) => fault !== left), crashes, ...said })),
    ...crashes.map((left) => ({ faults, crashes: crashes.filter((crash) => crash !== left), ...said })),
    ...commands.map((left) => ({ faults, crashes, commands: commands.filter((command) => command !== left) })),
  ];
}

/** Faults that last: what a person has to repair, or has to decide about. */
export function needsPerson({ fault }: PlannedFault, options: SimulateOptions): boolean {
  const lasting: readonly PlannedFault['fault'][] = [
    'denied',
    'invalid',
    'not-found',
    'out-of-space',
    'active-dies',
    'routing-vanishes',
    'foreign-edit',
    'outage',
  ];
  // A first deployment has nothing to go back to, so a candidate that dies, or never gets whole, is a person's.
  const onFirst: readonly PlannedFault['fault'][] = ['candidate-dies', 'partial'];
  return lasting.includes(fault) || (options.active === null && onFirst.includes(fault));
}

/**
 * What nobody can promise after this fault, by the ids of the promises. A router that lets a write land later than its own
 * `lateWriteMs`, and that refuses none by its fence, can always put an old owner's target over a new one's: whoever waited
 * longer than it says would wait for ever.
 */
export function excusedBy(fault: PlannedFault, { service }: SimulateOptions): readonly string[] {
  const { fencing = 'enforced', lateWriteMs = 0 } = service?.router?.capabilities ?? {};
  const isTooLate = fault.fault === 'effect-delayed' && fault.byMs > lateWriteMs && fencing !== 'enforced';
  return isTooLate && 'operation' in fault.at && fault.at.operation === 'route' ? ['S36', 'S50'] : [];
}

/** Faults of the world with which every call is answered as quickly as without. */
export function leavesCallsAlone({ fault }: PlannedFault): boolean {
  return ['active-dies', 'candidate-dies', 'autoscaler-interferes', 'foreign-edit', 'router-restarts'].includes(fault);
}

/** Faults after which users may lose requests whatever an orchestrator does. */
export function costsUsers({ fault }: PlannedFault): boolean {
  const byProvider: readonly CallFault['fault'][] = ['partial'];
  return [
    ...byProvider,
    'candidate-dies',
    'active-dies',
    'routing-vanishes',
    'foreign-edit',
    'autoscaler-interferes',
    'router-restarts',
    'router-silent',
  ].includes(fault);
}
