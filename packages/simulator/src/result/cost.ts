import type { ServiceTotals } from '../world/ledger.js';

/** What the release cost to run. */
export interface RunCost {
  /** Of both slots, from the request to the end of the release, retention included. */
  readonly instanceHours: number;
  /** Of the smaller of both slots at each instant: what running two environments costs on top of one. */
  readonly doubleRunningHours: number;
}

const hourMs = 3_600_000;

export function costOf({ instanceMs }: ServiceTotals): RunCost {
  const { blue, green, double } = instanceMs;
  return { instanceHours: (blue + green) / hourMs, doubleRunningHours: double / hourMs };
}
