import { fail } from './error.js';
import type { Slot } from './slot.js';

declare const made: unique symbol;

/** Percent of requests per slot, in tenths; both always sum to 100. Only `weights` and `weightsOf` make them. */
export interface Weights {
  readonly blue: number;
  readonly green: number;
  readonly [made]?: true;
}

/**
 * The pair of weights with `greenPercent` on green.
 *
 * Works in whole tenths, because `100 - green` is inexact for 272 of the 1,001 tenths.
 * @throws `contract/weight-invalid` unless `greenPercent` is a multiple of 0.1 between 0 and 100.
 */
export function weights(greenPercent: number): Weights {
  const tenths = Math.round(greenPercent * 10);
  if (!(tenths >= 0 && tenths <= 1000) || tenths / 10 !== greenPercent) {
    throw fail('contract/weight-invalid', { detail: `${greenPercent} is no weight` });
  }
  return { blue: (1000 - tenths) / 10, green: tenths / 10 };
}

/** The pair of weights with `percent` on `slot` and the rest on the other. */
export function weightsOf(slot: Slot, percent: number): Weights {
  const pair = weights(percent);
  return slot === 'green' ? pair : { blue: pair.green, green: pair.blue };
}
