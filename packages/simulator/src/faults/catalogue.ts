import type { CallFault, Operation, WorldFault } from './fault-plan.js';

const every: readonly Operation[] = ['route', 'observe-routing', 'converge', 'observe-environment', 'metrics', 'check'];
const writes: readonly Operation[] = ['route', 'converge'];
const reads: readonly Operation[] = ['observe-routing', 'observe-environment'];
const metrics: readonly Operation[] = ['metrics'];

interface FaultRow {
  /** Rows of the fault catalogue that this fault plays. */
  readonly ids: readonly string[];
  /** What it can happen to; `null`: to the world. */
  readonly operations: readonly Operation[] | null;
}

/** Every fault, and what it can happen to. */
export const faultCatalogue: Readonly<Record<(CallFault | WorldFault)['fault'], FaultRow>> = {
  unreachable: { ids: ['F3', 'F26'], operations: every },
  'reply-lost': { ids: ['F1', 'F9'], operations: writes },
  'effect-lost': { ids: ['F2'], operations: writes },
  'effect-delayed': { ids: ['F4'], operations: writes },
  partial: { ids: ['F5'], operations: writes },
  duplicate: { ids: ['F6'], operations: writes },
  stale: { ids: ['F7'], operations: reads },
  flapping: { ids: ['F8'], operations: reads },
  hang: { ids: ['F15', 'F9'], operations: every },
  slow: { ids: ['F16'], operations: every },
  conflict: { ids: ['F10'], operations: writes },
  'not-found': { ids: ['F11'], operations: [...writes, ...reads] },
  throttled: { ids: ['F12'], operations: every },
  denied: { ids: ['F13'], operations: every },
  invalid: { ids: ['F14'], operations: every },
  'out-of-space': { ids: ['F35'], operations: writes },
  'metrics-empty': { ids: ['F27'], operations: metrics },
  'metrics-not-a-number': { ids: ['F27'], operations: metrics },
  'metrics-stale': { ids: ['F27'], operations: metrics },
  'metrics-partial': { ids: ['F27'], operations: metrics },
  'metrics-reset': { ids: ['F27'], operations: metrics },
  'metrics-mixed': { ids: ['F28'], operations: metrics },
  'check-fails': { ids: [], operations: ['check'] },
  outage: { ids: ['F17', 'F26'], operations: null },
  'foreign-edit': { ids: ['F18'], operations: null },
  'routing-vanishes': { ids: ['F19'], operations: null },
  'autoscaler-interferes': { ids: ['F20'], operations: null },
  'candidate-dies': { ids: ['F29'], operations: null },
  'active-dies': { ids: ['F30'], operations: null },
  'router-silent': { ids: ['F33'], operations: null },
  'router-restarts': { ids: ['F34'], operations: null },
};

/** The faults that can happen to a call of `operation`. */
export function faultsOf(operation: Operation): readonly CallFault['fault'][] {
  return (Object.keys(faultCatalogue) as CallFault['fault'][]).filter((fault) =>
    faultCatalogue[fault].operations?.includes(operation),
  );
}

/** The faults that happen to the world, at an instant or just before a call. */
export function worldFaults(): readonly WorldFault['fault'][] {
  return (Object.keys(faultCatalogue) as WorldFault['fault'][]).filter(
    (fault) => faultCatalogue[fault].operations === null,
  );
}
